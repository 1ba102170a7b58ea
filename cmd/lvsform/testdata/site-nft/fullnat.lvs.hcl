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
