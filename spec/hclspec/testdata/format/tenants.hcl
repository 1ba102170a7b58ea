vip "web-192-0-2-20" {
  addresses = ["192.0.2.20"]
}

vip "web-192-0-2-21" {
  addresses = ["192.0.2.21"]
}

vip "web-192-0-2-22" {
  addresses = ["192.0.2.22"]
}

vip "vip-192-0-2-30" {
  addresses = ["192.0.2.30"]
}

vip "vip-192-0-2-31" {
  addresses = ["192.0.2.31"]
}

pool "web-192-0-2-20" {
  forward = "masquerade"
  port    = 8080

  server "10.0.0.11" {
    address = "10.0.0.11"
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
  }
}

service "web-192-0-2-20" {
  listen "tcp" {
    addresses = vip.web-192-0-2-20.addresses
    ports     = [80, 443]
  }

  scheduler = "wlc"
  pool      = pool.web-192-0-2-20
}

pool "web-192-0-2-21" {
  forward = "masquerade"
  port    = 8080

  server "10.0.1.11" {
    address = "10.0.1.11"
  }

  server "10.0.1.12" {
    address = "10.0.1.12"
  }
}

service "web-192-0-2-21" {
  listen "tcp" {
    addresses = vip.web-192-0-2-21.addresses
    ports     = [80, 443]
  }

  scheduler = "wlc"
  pool      = pool.web-192-0-2-21
}

pool "web-192-0-2-22" {
  forward = "masquerade"
  port    = 8080

  server "10.0.2.11" {
    address = "10.0.2.11"
  }

  server "10.0.2.12" {
    address = "10.0.2.12"
  }
}

service "web-192-0-2-22" {
  listen "tcp" {
    addresses = vip.web-192-0-2-22.addresses
    ports     = [80, 443]
  }

  scheduler = "wlc"
  pool      = pool.web-192-0-2-22
}

pool "tcp-8443-192-0-2-30" {
  forward = "masquerade"

  server "10.0.9.11" {
    address = "10.0.9.11"
  }
}

service "tcp-8443-192-0-2-30" {
  listen "tcp" {
    addresses = vip.vip-192-0-2-30.addresses
    ports     = [8443]
  }

  scheduler = "wlc"
  pool      = pool.tcp-8443-192-0-2-30
}

pool "tcp-8443-192-0-2-31" {
  forward = "masquerade"

  server "10.0.9.12" {
    address = "10.0.9.12"
  }
}

service "tcp-8443-192-0-2-31" {
  listen "tcp" {
    addresses = vip.vip-192-0-2-31.addresses
    ports     = [8443]
  }

  scheduler = "wlc"
  pool      = pool.tcp-8443-192-0-2-31
}
