pool "dns" {
  forward = "tunnel"

  tunnel {
    type = "gue"
    port = 6080
  }

  server "rs1" {
    address = "10.0.0.11"
  }

  server "rs2" {
    address = "10.0.0.12"
  }
}

service "dns" {
  listen "udp" {
    addresses  = ["192.0.2.53"]
    ports      = [53]
    one_packet = true
  }

  scheduler = "rr"
  pool      = pool.dns
}
