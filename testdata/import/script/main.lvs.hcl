# Imported from ipvsadm's rules in ipvs.sh by lvsform devel.

vip "http" {
  addresses = ["192.0.2.10"]
}

pool "http" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
    weight  = 2
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
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
  tcp_fin = "1m"
  udp     = "5m"
}
