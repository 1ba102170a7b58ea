pool "web" {
  forward = "direct"
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.1"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}

service "again" {
  listen "tcp" {
    addresses = ["192.0.2.1"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}
