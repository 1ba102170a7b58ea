# Imported from the export export.json by lvsform devel.

vip "http" {
  addresses = ["192.0.2.10"]
}

pool "http" {
  forward = "local"

  server "10.0.0.11" {
    address = "10.0.0.11"
    weight  = 100000
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
  udp     = "5m"
}
