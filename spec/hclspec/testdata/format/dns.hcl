vip "dns" {
  addresses = ["192.0.2.53"]
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

service "dns" {
  listen "tcp" {
    addresses = vip.dns.addresses
    ports     = [53, 853]
  }

  listen "udp" {
    addresses  = vip.dns.addresses
    ports      = [53]
    one_packet = true
  }

  scheduler = "wrr"
  pool      = pool.dns
}
