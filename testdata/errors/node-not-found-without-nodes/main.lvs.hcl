pool "web" {
  forward = "direct"

  server "web1" {
    address = "10.0.1.11"
  }
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}
