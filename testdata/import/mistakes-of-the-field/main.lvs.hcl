# Imported from ipvsadm's rules in lb1.rules by lvsform devel.
#
# Left out: tcp 192.0.2.11:80. One-packet scheduling of a protocol with connections. The kernel schedules single packets of UDP only: leave one_packet out for tcp. On the node "ipvsadm -E -t 192.0.2.11:80 -s rr" takes away what has no effect.
#
# Left out: tcp 192.0.2.12:80. Flag of another scheduler. flag-3 is not a flag of sh. The scheduler reads sh-fallback and sh-port. On the node "ipvsadm -E -t 192.0.2.12:80 -s sh" takes away what has no effect.
#
# Left out: tcp 192.0.2.14:80 with 1 server. Real server without a port (tcp 192.0.2.14:80 -> 10.0.0.11:0). The service listens on port 80: give the server a port, usually the same. On the node "ipvsadm -a -t 192.0.2.14:80 -r 10.0.0.11:80 -m -w 1" adds the server with port 80, and "ipvsadm -d -t 192.0.2.14:80 -r 10.0.0.11:0" deletes this one.
#
# Left out: fwmark 1 ipv4 with 2 servers. Port mapping without masquerading (fwmark 1 ipv4 -> 10.0.0.11:80), and 1 more like it. Method direct does not rewrite ports, and the kernel ignores this one. On the node "ipvsadm -a -f 1 -r 10.0.0.11:0 -g -w 3" adds the server with port 0, and "ipvsadm -d -f 1 -r 10.0.0.11:80" deletes this one.
#
# Left out: fwmark 2 ipv6 with 1 server. Port mapping without masquerading (fwmark 2 ipv6 -> [2001:db8::11]:80). Method tunnel does not rewrite ports, and the kernel ignores this one. On the node "ipvsadm -a -f 2 -6 -r '[2001:db8::11]:0' -i -w 1 --tun-type ipip" adds the server with port 0, and "ipvsadm -d -f 2 -6 -r '[2001:db8::11]:80'" deletes this one.
#
# What is left out stays as it is: lvsform does not touch services that no configuration declares.
#
# lb1.rules: a dump has no types of tunnels (read as ipip), thresholds, timeouts and sync daemons, and shows local servers as direct ones: (ipvsadm -Sn; ipvsadm -Ln; ipvsadm -Ln --thresholds; ipvsadm -Ln --timeout; ipvsadm -Ln --daemon) has all of it
#
# lb1.rules:6: -M without -p has no effect: it is left out, though a kernel keeps it

vip "http" {
  addresses = ["192.0.2.10", "192.0.2.13"]
}

pool "http" {
  # There is no server yet: this stands for nothing.
  forward = "direct"
}

service "http" {
  listen "tcp" {
    addresses = vip.http.addresses
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.http
}
