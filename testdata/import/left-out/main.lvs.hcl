# Imported from ipvsadm's rules in lb1.rules by lvsform devel.
#
# Left out: tcp 192.0.2.10:82. Flag of another scheduler. flag-1 is not a flag of rr. The scheduler reads no flags. On the node "ipvsadm -E -t 192.0.2.10:82 -s rr" takes away what has no effect.
#
# Left out: udp 192.0.2.10:53 with 3 servers. One-packet scheduling with masquerading (udp 192.0.2.10:53 -> 10.0.0.11:53), and 1 more like it. Without a connection the kernel cannot translate replies back, and they are lost: use another forwarding method, or leave one_packet out. If nobody waits for replies, leave the service as it is.
#
# What is left out stays as it is: lvsform does not touch services that no configuration declares.
#
# lb1.rules: a dump has no thresholds, timeouts and sync daemons, and shows local servers as direct ones: (ipvsadm -Sn; ipvsadm -Ln; ipvsadm -Ln --thresholds; ipvsadm -Ln --timeout; ipvsadm -Ln --daemon) has all of it

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
