# DNS for resolvers at other sites, tunnelled in GUE. Each UDP query is scheduled on its own.

vip "dns" {
  addresses = ["192.0.2.53"]
}

pool "dns" {
  forward = "tunnel"

  tunnel {
    type = "gue"
    port = 6080
  }

  server "fra" {
    address = "198.51.100.53"
    weight  = 100
  }

  server "ams" {
    address = "203.0.113.53"
    weight  = 100
  }

  server "lab" {
    address = "203.0.113.54"
    weight  = 10

    tunnel { # too old for GUE
      type = "ipip"
    }
  }
}

service "dns" {
  listen "udp" {
    addresses  = vip.dns.addresses
    ports      = [53]
    one_packet = true
  }

  listen "tcp" {
    addresses = vip.dns.addresses
    ports     = [53, 853]
  }

  scheduler = "wrr"
  pool      = pool.dns
}

timeouts {
  udp = "10s"
}
