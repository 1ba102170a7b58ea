pool "web" {
  forward = "direct"

  server "rs1" {
    address = each.value
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
