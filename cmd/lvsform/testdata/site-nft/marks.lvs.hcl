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
