pool "web" {
  forward = "masquerade"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "web" {
  listen "udp" {
    addresses  = ["192.0.2.10"]
    ports      = [53]
    one_packet = true
  }

  scheduler = "wlc"
  pool      = pool.web
}
