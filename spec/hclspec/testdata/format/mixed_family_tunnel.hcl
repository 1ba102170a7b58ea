vip "web" {
  addresses = ["192.0.2.80", "2001:db8::80"]
}

pool "web" {
  forward = "tunnel"

  server "198.51.100.12" {
    address = "198.51.100.12"
  }

  server "2001:db8:5::11" {
    address6 = "2001:db8:5::11"
  }

  server "2001:db8:5::12" {
    address6 = "2001:db8:5::12"
    weight   = 2

    tunnel {
      type     = "gre"
      checksum = "full"
    }
  }
}

service "web" {
  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80, 443]
  }

  scheduler = "wlc"
  pool      = pool.web
}
