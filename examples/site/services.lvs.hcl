pool "web" { # direct routing: replies do not pass the director
  forward = "direct"

  dynamic "server" {
    for_each = var.web_servers
    labels   = [server.key]

    content {
      address     = server.value.address
      address6    = "2001:db8:1::${split(".", server.value.address)[3]}"
      weight      = server.value.weight
      maintenance = !server.value.active
    }
  }

  drain {
    timeout = "10m"
  }
}

service "web" {
  on = [role.director]

  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80, 443]
  }

  scheduler = "wlc"
  pool      = pool.web
}

pool "dns" { # a tunnel: servers may be anywhere
  forward = "tunnel"

  tunnel {
    type = "gue"
    port = 6080
  }

  server "ns1" {
    address = node.resolver.address
  }
}

service "dns" {
  on = [role.director]

  listen "udp" {
    addresses  = vip.dns.addresses
    ports      = [53]
    one_packet = true
  }

  listen "tcp" {
    addresses = vip.dns.addresses
    ports     = [53]
  }

  scheduler = "wrr"
  pool      = pool.dns
}

pool "mail" { # servers need no route back through the director
  forward = "fullnat"

  server "mx1" {
    address = "10.9.0.11"
  }

  server "mx2" {
    address = "10.9.0.12"
  }
}

service "mail" { # one service for three ports: a client keeps its server
  on = [role.director]

  listen "fwmark" {
    mark = 25

    match {
      protocol  = "tcp"
      addresses = vip.mail.addresses
      ports     = [25, 587, 993]
    }
  }

  scheduler = "wlc"

  persistence {
    timeout = "10m"
  }

  pool = pool.mail
}

pool "self" {
  forward = "local"

  server "director" {
    address = target.address # of the node that it is evaluated for
  }
}

service "status" { # answered by the director itself
  on = [role.director]

  listen "tcp" {
    addresses = [vip.web.ipv4]
    ports     = [8081]
  }

  scheduler = "rr"
  pool      = pool.self
}

check "web_capacity" {
  assert {
    condition     = length([for s in pool.web.servers : s if s.weight > 0]) >= 2
    error_message = "Fewer than two web servers take traffic."
  }
}
