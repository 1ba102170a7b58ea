vip "vip-192-0-2-10" {
  addresses = ["192.0.2.10"]
}

pool "tcp-udp-any" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
    weight  = 3
  }
}

service "tcp-udp-any" {
  listen "tcp" {
    addresses = vip.vip-192-0-2-10.addresses
    ports     = ["any"]
  }

  listen "udp" {
    addresses = vip.vip-192-0-2-10.addresses
    ports     = ["any"]
  }

  scheduler = "wlc"
  pool      = pool.tcp-udp-any

  persistence {
    timeout = "1h"
    netmask = 24
  }
}
