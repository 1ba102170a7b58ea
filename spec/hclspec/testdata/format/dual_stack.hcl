vip "web" {
  addresses = ["192.0.2.10"]
}

vip "web-ipv6" {
  addresses = ["2001:db8::10"]
}

pool "web" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
    weight  = 3
  }
}

service "web" {
  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80, 443]
  }

  scheduler = "wlc"
  pool      = pool.web

  persistence {
    timeout = "10m"
  }
}

pool "web-ipv6" {
  forward = "direct"

  server "2001:db8:1::11" {
    address6 = "2001:db8:1::11"
  }

  server "2001:db8:1::12" {
    address6 = "2001:db8:1::12"
    weight   = 3
  }
}

service "web-ipv6" {
  listen "tcp" {
    addresses = vip.web-ipv6.addresses
    ports     = [80, 443]
  }

  scheduler = "wlc"
  pool      = pool.web-ipv6

  persistence {
    timeout = "10m"
  }
}
