vip "web" {
  for_each  = { a = "192.0.2.10", b = "192.0.2.11" }
  addresses = [each.value]
}

pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "web" {
  listen "tcp" {
    addresses = vip.web["c"].addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}
