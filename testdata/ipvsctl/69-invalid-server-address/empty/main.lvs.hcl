pool "web" {
  forward = "direct"

  server "rs1" {
    address = ""
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
