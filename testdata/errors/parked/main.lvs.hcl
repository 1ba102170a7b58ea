node "lb1" {}

pool "self" {
  forward = "masquerade"

  server "self" {
    address = target.address
    weight  = "heavy"
  }
}

pool "nat" {
  forward = "masquerade"

  server "rs1" {
    address = "10.0.0.1"
  }
}

pool "unknown" {
  forward = "masquerade"

  dynamic "server" {
    for_each = target.vars.servers
    labels   = [server.key]

    content {
      address = server.value
    }
  }
}

service "unknown" {
  on = []

  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [53]
  }

  scheduler = "rr"
  pool      = pool.unknown
}

service "parked" {
  on = []

  listen "udp" {
    addresses  = ["192.0.2.10"]
    ports      = [53]
    one_packet = true
  }

  scheduler = "rr"
  pool      = pool.nat
}

service "self" {
  on = []

  listen "udp" {
    addresses = ["192.0.2.10"]
    ports     = [53]
  }

  scheduler = "rr"
  pool      = pool.self
}

module "parked" {
  on   = []
  name = "a b"
}
