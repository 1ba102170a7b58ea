pool "direct" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }

  server "rs2" {
    address = "10.0.0.12"
    weight  = 3
  }
}

service "direct" {
  listen "tcp" {
    addresses = ["192.0.2.1"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.direct
}

pool "nat" {
  forward = "masquerade"

  server "rs1" {
    address = "10.0.0.11"
    port    = 8080
    weight  = 100
  }

  server "rs2" {
    address = "10.0.0.12"
    port    = 8080
    weight  = 200
  }
}

service "nat" {
  listen "tcp" {
    addresses = ["192.0.2.2"]
    ports     = [443]
  }

  scheduler = "wrr"
  pool      = pool.nat
}

pool "tun" {
  forward = "tunnel"

  server "rs1" {
    address = "10.0.0.11"
    weight  = 10
  }

  server "rs3" {
    address = "10.0.0.13"
    weight  = 0
  }
}

service "tun" {
  listen "udp" {
    addresses = ["192.0.2.3"]
    ports     = [53]
  }

  scheduler = "wlc"
  pool      = pool.tun
}
