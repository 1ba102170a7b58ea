pool "old" {
  forward = "fullnat"

  server "old1" {
    address = "10.9.0.11"
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
