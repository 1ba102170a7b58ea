pool "web" {
  forward = "direct"

  lifecycle {
    ignore_changes = ["weight"]
  }

  server "rs1" {
    address = "10.0.0.11"
    weight  = 50
  }

  server "rs2" {
    address     = "10.0.0.12"
    weight      = 60
    maintenance = true
  }

  server "rs3" {
    address = "10.0.0.13"
    weight  = 70
  }
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "wrr"
  pool      = pool.web
}
