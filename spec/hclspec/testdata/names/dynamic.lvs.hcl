variable "servers" {
  default = { rs1 = 1, rs2 = 2 }
}

pool "web" {
  forward = "tunnel"

  dynamic "server" {
    for_each = var.servers
    iterator = s
    labels   = [s.key]

    content {
      address = "10.0.0.${s.value}"

      dynamic "tunnel" {
        for_each = s.value > 1 ? [7000] : []

        content {
          type = "gue"
          port = tunnel.value
        }
      }
    }
  }
}

service "web" {
  dynamic "listen" {
    for_each = { tcp = [80], udp = pool.web.servers[*].weight }
    labels   = [listen.key]

    content {
      addresses = ["192.0.2.10"]
      ports     = distinct(listen.value)
    }
  }

  scheduler = "rr"
  pool      = true ? pool.web : pool.web
}
