vip "vip-192-0-2-10" {
  addresses = ["192.0.2.10"]
}

pool "smtp" {
  forward = "masquerade"
  port    = 2525

  server "10.0.0.31" {
    address = "10.0.0.31"
  }

  server "10.0.0.32" {
    address = "10.0.0.32"
  }
}

service "smtp" {
  listen "tcp" {
    addresses = vip.vip-192-0-2-10.addresses
    ports     = [25]
  }

  scheduler = "rr"
  pool      = pool.smtp
}

pool "http" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
    weight  = 3
  }
}

service "http" {
  listen "tcp" {
    addresses = vip.vip-192-0-2-10.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.http
}

pool "https" {
  forward = "direct"

  server "10.0.0.21" {
    address = "10.0.0.21"
  }

  server "10.0.0.22" {
    address = "10.0.0.22"
  }
}

service "https" {
  listen "tcp" {
    addresses = vip.vip-192-0-2-10.addresses
    ports     = [443]
  }

  scheduler = "wlc"
  pool      = pool.https
}

pool "submission" {
  forward = "masquerade"
  port    = 2587

  server "10.0.0.31" {
    address = "10.0.0.31"
  }

  server "10.0.0.32" {
    address = "10.0.0.32"
  }
}

service "submission" {
  listen "tcp" {
    addresses = vip.vip-192-0-2-10.addresses
    ports     = [587]
  }

  scheduler = "rr"
  pool      = pool.submission
}

service "tcp-8443" {
  listen "tcp" {
    addresses = vip.vip-192-0-2-10.addresses
    ports     = [8443]
  }

  scheduler = "rr"
  pool      = pool.https
}
