vip "mail" {
  addresses = ["192.0.2.10"]
}

vip "dns" {
  addresses = ["192.0.2.53"]
}

pool "mail" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
    weight  = 3
  }
}

service "mail-25" {
  listen "tcp" {
    addresses = vip.mail.addresses
    ports     = [25, 143]
  }

  scheduler = "rr"
  pool      = pool.mail
}

service "mail-587" {
  listen "tcp" {
    addresses = vip.mail.addresses
    ports     = [587, 993]
  }

  scheduler = "lc"
  pool      = pool.mail
}

pool "dns" {
  forward = "direct"

  server "10.0.0.53" {
    address = "10.0.0.53"
    weight  = 100
  }

  server "10.0.0.54" {
    address = "10.0.0.54"
    weight  = 100
  }
}

service "dns-tcp" {
  listen "tcp" {
    addresses = vip.dns.addresses
    ports     = [53]
  }

  scheduler = "lc"
  pool      = pool.dns
}

service "dns-udp" {
  listen "udp" {
    addresses = vip.dns.addresses
    ports     = [53]
  }

  scheduler = "rr"
  pool      = pool.dns
}
