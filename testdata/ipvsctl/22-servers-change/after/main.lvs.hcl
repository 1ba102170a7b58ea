pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
    weight  = 7
    forward = "tunnel"
  }

  server "rs2" {
    address = "10.0.0.12"
  }

  server "rs3" {
    address = "10.0.0.13"
  }
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.1"]
    ports     = [80]
  }

  scheduler = "wrr"
  pool      = pool.web
}
