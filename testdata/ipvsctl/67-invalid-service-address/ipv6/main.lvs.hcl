pool "web" {
  forward = "direct"
}

service "web" {
  listen "tcp" {
    addresses = ["2001:db8::1::2"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}
