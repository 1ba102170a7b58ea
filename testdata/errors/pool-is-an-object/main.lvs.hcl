pool "p" {
  forward = "masquerade"

  server "a" {
    address = "10.0.0.1"
  }
}

service "s" {
  listen "tcp" {
    addresses = ["192.0.2.1"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.p.servers[0]
}

service "t" {
  listen "tcp" {
    addresses = ["192.0.2.2"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = { name = "pool.p" }
}
