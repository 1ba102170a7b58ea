locals {
  address = vip.web.ipv4
}

vip "web" {
  addresses = [pool.web.servers[0].address]
}

pool "web" {
  forward = "direct"

  server "rs1" {
    address = service.web.listeners[0]
  }
}

variable "x" {
  default = local.address
}
