vip "web" {
  addresses = ["192.0.2.53"]
}

pool "web" {
  forward = "tunnel"

  tunnel {
    type = "gue"
    port = 6080
  }

  server "10.0.0.9" {
    address = "10.0.0.9"
    forward = "direct"
  }

  server "198.51.100.53" {
    address = "198.51.100.53"
    weight  = 100
  }

  server "203.0.113.53" {
    address = "203.0.113.53"
    weight  = 100
  }

  server "203.0.113.54" {
    address = "203.0.113.54"
    weight  = 10

    tunnel {
      type = "ipip"
    }
  }
}

service "web" {
  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [443]
  }

  listen "udp" {
    addresses = vip.web.addresses
    ports     = [443]
  }

  scheduler = "wrr"
  pool      = pool.web
}
