vip "nat" {
  on        = [node.director[var.holder]]
  addresses = ["10.0.0.20"]
  interface = "eth0"

  announce {
    count = 2
  }
}

pool "nat" {
  forward = "masquerade"

  dynamic "server" {
    for_each = var.servers
    labels   = [server.key]

    content {
      address = "10.1.0.${server.value.number}"
      weight  = server.value.weight
    }
  }

  drain {
    timeout = "20s"
  }
}

service "nat" {
  on = [node.director[var.holder]]

  listen "tcp" {
    addresses = vip.nat.addresses
    ports     = var.ports
  }

  listen "udp" {
    addresses = vip.nat.addresses
    ports     = [53]
  }

  listen "sctp" {
    addresses = vip.nat.addresses
    ports     = [90]
  }

  scheduler       = var.scheduler
  scheduler_flags = var.scheduler_flags

  dynamic "persistence" {
    for_each = var.persistent ? [1] : []

    content {
      timeout = "1m"
    }
  }

  pool = pool.nat
}
