pool "sip" {
  forward = "masquerade"

  server "rs1" {
    address = "10.0.0.11"
  }

  server "rs2" {
    address = "10.0.0.12"
  }
}

service "sip" {
  listen "udp" {
    addresses = ["192.0.2.20"]
    ports     = [5060]
  }

  scheduler = "rr"

  persistence {
    timeout = "5m"
    engine  = "sip"
  }

  pool = pool.sip
}
