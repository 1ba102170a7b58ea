pool "web" {
  forward = "direct"
}

service "web" {
  listen "fwmark" {
    mark = "NaN"
  }

  scheduler = "rr"
  pool      = pool.web
}
