vip "direct" {
  on        = [node.director[var.holder]]
  addresses = ["10.0.0.30", "fd00::30"]
  interface = "eth0"

  announce {
    count = 2
  }
}

pool "direct" {
  forward = "direct"

  dynamic "server" {
    for_each = var.servers
    labels   = [server.key]

    content {
      address  = "10.0.0.${server.value.number}"
      address6 = "fd00::${server.value.number}"
      weight   = server.value.weight
    }
  }

  drain {
    timeout = "20s"
  }
}

service "direct" {
  on = [role.director]

  listen "tcp" {
    addresses = ["10.0.0.30", "fd00::30"] # also where the VIP is not yet
    ports     = var.ports
  }

  listen "udp" {
    addresses = ["10.0.0.30", "fd00::30"]
    ports     = [53]
  }

  scheduler       = var.scheduler
  scheduler_flags = var.scheduler_flags

  dynamic "persistence" {
    for_each = var.persistent ? [1] : []

    content {
      timeout = "1m"
    }
  }

  pool = pool.direct
}

real_server "direct" {
  on        = [role.server]
  services  = [service.direct]
  interface = "lo"
  arp       = "sysctl"
}
