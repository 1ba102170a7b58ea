pool "web" {
  forward = "direct"

  server "rs1" {
    address6 = "fe80::1"
  }
}

service "web" {
  listen "tcp" {
    addresses = ["2001:db8::10"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}
