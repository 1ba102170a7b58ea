# What needs nftables, beside the files of the directory site.
vip "rules" {
  on        = [node.dir1]
  addresses = ["10.0.0.60", "fd00::60"]
  interface = "eth0"

  announce {
    count = 1
  }
}

pool "fullnat" { # the servers need no way back through the director
  forward = "fullnat"

  dynamic "server" {
    for_each = var.servers
    labels   = [server.key]

    content {
      address  = "10.1.0.${server.value}"
      address6 = "fd00:1::${server.value}"
    }
  }
}

service "fullnat" {
  on = [node.dir1]

  listen "tcp" {
    addresses = vip.rules.addresses
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.fullnat
}

service "shop" { # a client keeps its server across two ports
  on = [node.dir1]

  listen "fwmark" {
    mark   = 21
    family = "ipv4"

    match {
      protocol  = "tcp"
      addresses = [vip.rules.ipv4]
      ports     = [8080, 8443]
    }
  }

  listen "fwmark" {
    mark   = 21
    family = "ipv6"

    match {
      protocol  = "tcp"
      addresses = [vip.rules.ipv6]
      ports     = [8080, 8443]
    }
  }

  scheduler = "rr"

  persistence {
    timeout = "1m"
  }

  pool = pool.back
}
