pool "web" {
  forward = "direct"

  server "rs1" {
    address  = "2001:db8::1"
    address6 = "10.0.0.1"
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
