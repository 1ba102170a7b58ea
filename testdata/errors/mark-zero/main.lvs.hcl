pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "web" {
  listen "fwmark" {
    mark = 0
  }

  listen "fwmark" {
    mark   = 1
    family = "inet"
  }

  scheduler = "wlc"
  pool      = pool.web
}
