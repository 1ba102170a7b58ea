vip "web" {
  addresses = ["192.0.2.10"]
  interface = "eth0"

  announce {
    interval = "10h"
  }
}

pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "web" {
  listen "fwmark" {
    mark = 4294967296
  }

  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}
