pool "web" {
  forward = "tunnel"

  server "rs1" {
    address = "10.0.0.11"
  }

  server "rs2" {
    address = "10.0.0.12"
    forward = "masquerade"
  }

  server "rs3" {
    address = "10.0.0.13"
    forward = "direct"
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
