pool "web" {
  forward = "direct"
}

service "web" {
  listen "fwmark" {
    mark = 89647
  }

  scheduler = "rr"
  pool      = pool.web
}
