# Imported from ipvsadm's rules in lb1.rules by lvsform devel.
#
# lb1.rules: a dump shows local servers as direct ones (-g), and so they are read: ipvsadm -Ln tells them apart
#
# lb1.rules: thresholds are not shown and assumed to be 0: ipvsadm -Ln --thresholds shows them
#
# lb1.rules: connection timeouts are not shown: ipvsadm -Ln --timeout shows them
#
# lb1.rules: no sync daemon is shown: ipvsadm -Ln --daemon shows those that run
#
# Left out: tcp 192.0.2.10:82. Flag of another scheduler. flag-1 is not a flag of rr. The scheduler reads no flags.
#
# Left out: udp 192.0.2.10:53 with 3 servers. One-packet scheduling with masquerading (udp 192.0.2.10:53 -> 10.0.0.11:53), and 1 more like it. Without a connection the kernel cannot translate replies back, and they are lost: use another forwarding method, or leave one_packet out.

vip "http" {
  addresses = ["192.0.2.10"]
}

pool "http" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }
}

service "http" {
  listen "tcp" {
    addresses = vip.http.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.http
}

service "tcp-81" {
  listen "tcp" {
    addresses = vip.http.addresses
    ports     = [81]
  }

  scheduler = "twos"
  pool      = pool.http
}
