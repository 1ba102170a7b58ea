pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "web" {
  listen "fwmark" {
    mark   = 7
    family = "ipv6"
  }

  scheduler = "wlc"
  pool      = pool.web
}
