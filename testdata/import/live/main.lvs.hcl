# Imported from the live node lb1 (driver file, Linux 6.1.0) by lvsform devel.
#
# Left out: tcp 192.0.2.10:8080 with 1 server. Port mapping without masquerading (tcp 192.0.2.10:8080 -> 10.0.0.11:80). Method direct does not rewrite ports, and the kernel ignores this one. On the node "ipvsadm -a -t 192.0.2.10:8080 -r 10.0.0.11:8080 -g -w 1" adds the server with port 8080, and "ipvsadm -d -t 192.0.2.10:8080 -r 10.0.0.11:80" deletes this one.
#
# What is left out stays as it is: lvsform does not touch services that no configuration declares.

vip "web" {
  addresses = ["192.0.2.10"]
}

pool "web" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }
}

service "web" {
  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80, 443]
  }

  scheduler = "wlc"
  pool      = pool.web
}

pool "fwmark-7" {
  forward = "masquerade"

  server "10.0.0.11" {
    address = "10.0.0.11"
    weight  = 2147483647
  }
}

service "fwmark-7" {
  listen "fwmark" {
    mark = 7
  }

  scheduler       = "sh"
  scheduler_flags = ["sh-fallback"]
  pool            = pool.fwmark-7

  persistence {
    timeout = "5m"
  }
}

sync_daemon "master" {
  state     = "master"
  interface = "eth0"
  sync_id   = 3
  max_len   = 1472
  group     = "224.0.0.81"
  port      = 8848
  ttl       = 1
}
