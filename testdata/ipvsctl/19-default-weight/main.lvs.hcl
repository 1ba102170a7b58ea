pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }

  server "rs2" {
    address = "10.0.0.12"
    weight  = 3
  }

  server "rs3" {
    address = "10.0.0.13"
    weight  = 0
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
