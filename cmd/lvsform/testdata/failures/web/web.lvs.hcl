# A director with something of every kind that all kernels have.
vip "web" {
  addresses = ["192.0.2.10", "2001:db8::10"]
  interface = "eth0"

  announce {
    count = 1
  }
}

vip "any" {
  addresses = ["192.0.2.11"]
  interface = "any0"
}

pool "web" {
  forward = "direct"

  server "rs1" {
    address  = "10.0.0.11"
    address6 = "2001:db8:1::11"
  }

  server "rs2" {
    address  = "10.0.0.12"
    address6 = "2001:db8:1::12"
  }
}

service "web" {
  listen "tcp" {
    addresses = concat(vip.web.addresses, vip.any.addresses)
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}

sysctl "node" {
  values = {
    "net.ipv4.ip_forward"                   = 1
    "net.ipv4.vs.expire_quiescent_template" = 1
  }
}

link "any0" {
  kind = "dummy"
}

neighbour "rs1" {
  interface = "eth0"
  address   = "10.0.0.11"
  mac       = "02:00:5e:00:00:11"
}
