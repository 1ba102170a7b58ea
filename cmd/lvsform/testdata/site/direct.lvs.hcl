vip "direct" {
  on        = [node.dir1]
  addresses = ["10.0.0.30", "fd00::30"]
  interface = "eth0"

  announce {
    count = 1
  }
}

pool "lan" {
  forward = "direct"

  dynamic "server" {
    for_each = var.servers
    labels   = [server.key]

    content {
      address  = "10.0.0.${server.value}"
      address6 = "fd00::${server.value}"
    }
  }
}

service "direct" {
  on = [node.dir1]

  listen "tcp" {
    addresses = vip.direct.addresses
    ports     = [80]
  }

  listen "udp" {
    addresses = vip.direct.addresses
    ports     = [53]
  }

  listen "udp" {
    addresses  = vip.direct.addresses
    ports      = [5353]
    one_packet = true
  }

  scheduler = "rr"
  pool      = pool.lan
}

real_server "direct" {
  on        = [role.server]
  services  = [service.direct]
  interface = "lo"
  arp       = "sysctl"
}
