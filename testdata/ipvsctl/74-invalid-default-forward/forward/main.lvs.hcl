pool "web" {
  forward = "carrier-pigeon"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.1"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}
