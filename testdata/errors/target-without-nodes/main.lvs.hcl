pool "self" {
  forward = "local"

  server "self" {
    address = target.address
  }
}

service "status" {
  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.self
}
