# Imported from ipvsadm's rules in lb1.rules, lb1.thresholds, lb1.timeouts, lb1.daemons by lvsform devel.
#
# lb1.rules: this shows local servers as direct ones: (ipvsadm -Sn; ipvsadm -Ln; ipvsadm -Ln --thresholds; ipvsadm -Ln --timeout; ipvsadm -Ln --daemon) has all of it

vip "http" {
  addresses = ["192.0.2.10"]
}

pool "http" {
  forward = "direct"

  server "10.0.0.11" {
    address         = "10.0.0.11"
    upper_threshold = 100
    lower_threshold = 50
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
    weight  = 3
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

timeouts {
  tcp     = "15m"
  tcp_fin = "2m"
  udp     = "1m"
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
