pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "web" {
  listen "tcp" {
    addresses = vip.wbe.addresses
    ports     = [local.prot, var.ports]
  }

  scheduler = "wlc"
  pool      = pool.web
}

vip "web" {
  addresses = ["192.0.2.10"]
}

locals {
  port = 80
}
