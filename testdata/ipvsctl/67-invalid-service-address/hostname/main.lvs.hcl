pool "web" {
  forward = "direct"
}

service "web" {
  listen "tcp" {
    addresses = ["www.example.com"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}
