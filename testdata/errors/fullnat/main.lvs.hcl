pool "old" {
  forward = "fullnat"

  tunnel {
    type = "ipip"
  }

  server "old1" {
    address = "10.9.0.11"

    tunnel {
      type = "ipip"
    }
  }
}

service "old" {
  listen "udp" {
    addresses  = ["192.0.2.60"]
    ports      = [53]
    one_packet = true
  }

  scheduler = "rr"
  pool      = pool.old
}
