pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
    weight  = 5
  }

  server "rs2" {
    address = "10.0.0.12"
    forward = "tunnel"
  }

  server "rs3" {
    address = "10.0.0.13"
  }

  server "rs4" {
    address = "10.0.0.14"
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
