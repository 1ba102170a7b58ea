vip "either" {
  on        = [node.director[var.holder]]
  addresses = ["10.0.0.40"]
  interface = "eth0"

  announce {
    count = 2
  }
}

pool "either" {
  forward = var.forward

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

service "either" {
  on = [node.director[var.holder]]

  listen "tcp" {
    addresses = vip.either.addresses
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.either
}
