pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
    weight  = 200
  }

  lifecycle {
    ignore_changes = ["weight"]
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
