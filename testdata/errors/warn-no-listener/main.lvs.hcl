pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "web" {
  scheduler = "rr"
  pool      = pool.web
}
