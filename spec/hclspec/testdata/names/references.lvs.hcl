locals {
  b = cidrhost(local.a, 10)
  a = "192.0.2.0/24"
}

vip "web" {
  addresses = ["${local.b}/32", "2001:DB8::10"]
}

vip "t" {
  for_each  = { x = 1 }
  addresses = [cidrhost(local.a, each.value)]
}

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
    addresses = concat(vip.web.addresses, [vip.t["x"].ipv4])
    ports     = [80]
  }
}

service "two" {
  listen "tcp" {
    addresses = [vip.web.ipv6]
    ports     = [length(pool.web.servers)]
  }

  scheduler = "rr"
  pool      = pool["web"]
}
