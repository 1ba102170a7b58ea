pool "web" {
  forward = "direct"
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.1/24"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}
