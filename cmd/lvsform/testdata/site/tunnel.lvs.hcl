vip "tunnel" {
  on        = [node.dir1]
  addresses = ["10.0.0.40", "fd00::40"]
  interface = "eth0"

  announce {
    count = 1
  }
}

pool "ipip" {
  forward = "tunnel"

  tunnel {
    type = "ipip"
  }

  dynamic "server" {
    for_each = var.servers
    labels   = [server.key]

    content {
      address  = "10.0.0.${server.value}"
      address6 = "fd00::${server.value}"
    }
  }
}

pool "gue" {
  forward = "tunnel"

  tunnel {
    type     = "gue"
    port     = 6080
    checksum = "remote"
  }

  dynamic "server" {
    for_each = var.servers
    labels   = [server.key]

    content {
      address = "10.0.0.${server.value}"
    }
  }
}

pool "gre" {
  forward = "tunnel"

  tunnel {
    type = "gre"
  }

  dynamic "server" {
    for_each = var.servers
    labels   = [server.key]

    content {
      address = "10.0.0.${server.value}"
    }
  }
}

service "ipip" {
  on = [node.dir1]

  listen "tcp" {
    addresses = vip.tunnel.addresses
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.ipip
}

service "gue" {
  on = [node.dir1]

  listen "tcp" {
    addresses = [vip.tunnel.ipv4]
    ports     = [81]
  }

  scheduler = "rr"
  pool      = pool.gue
}

service "gre" {
  on = [node.dir1]

  listen "tcp" {
    addresses = [vip.tunnel.ipv4]
    ports     = [82]
  }

  scheduler = "rr"
  pool      = pool.gre
}

real_server "tunnel" {
  on        = [role.server]
  services  = [service.ipip, service.gue, service.gre]
  interface = "lo"
  arp       = "sysctl"
}
