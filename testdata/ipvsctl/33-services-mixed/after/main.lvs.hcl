pool "web" {
  forward = "direct"

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

service "new" {
  listen "tcp" {
    addresses = ["192.0.2.3"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}
