pool "web" {
  forward = "direct"

  lifecycle {
    ignore_changes = ["servers"]
  }

  server "rs1" {
    address = "10.0.0.11"
  }

  server "rs3" {
    address = "10.0.0.13"
  }
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}
