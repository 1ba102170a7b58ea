vip "web" {
  addresses = ["192.0.2.10", "192.0.2.11"]
}

pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "web" {
  listen "tcp" {
    addresses = [vip.web.ipv4, vip.web.ipv6]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}
