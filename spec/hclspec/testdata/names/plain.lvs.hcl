pool "web" {
  forward = "masquerade"

  server "rs1" {
    address  = "10.0.0.1"
    address6 = "2001:db8:1::1"
  }
}

service "web" {
  scheduler = "rr"
  pool      = pool.web

  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }
}
