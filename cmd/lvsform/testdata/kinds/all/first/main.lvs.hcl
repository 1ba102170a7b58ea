# Every kind that every kernel has. The node "here" is a director of some services and a real server of another's.
node "here" {
  address = "10.0.0.2"
}

node "there" {
  address = "10.0.0.3"
}

vip "web" {
  on        = [node.here]
  addresses = ["192.0.2.10", "2001:db8:10::10"]
  interface = "eth0"

  announce {
    count = 1
  }
}

pool "nat" {
  forward = "masquerade"
  port    = 8080

  server "rs1" {
    address         = "10.0.0.11"
    address6        = "2001:db8::11"
    weight          = 3
    upper_threshold = 200
    lower_threshold = 100
  }

  server "rs2" {
    address  = "10.0.0.12"
    address6 = "2001:db8::12"
  }
}

pool "methods" {
  forward = "direct"

  server "direct" {
    address = "10.0.0.13"
  }

  server "ipip" {
    address = "10.0.0.14"
    forward = "tunnel"
  }

  server "gue" {
    address = "10.0.0.15"
    forward = "tunnel"

    tunnel {
      type     = "gue"
      port     = 6080
      checksum = "remote"
    }
  }

  server "gre" {
    address = "10.0.0.16"
    forward = "tunnel"

    tunnel {
      type = "gre"
    }
  }

  server "local" {
    address = "192.0.2.10"
    forward = "local"
  }
}

service "web" {
  on = [node.here]

  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.nat

  persistence {
    timeout  = "5m"
    netmask  = 24
    netmask6 = 64
  }
}

service "dns" {
  on = [node.here]

  listen "udp" {
    addresses  = [vip.web.ipv4]
    ports      = [53]
    one_packet = true
  }

  listen "sctp" {
    addresses = [vip.web.ipv4]
    ports     = [53]
  }

  scheduler       = "sh"
  scheduler_flags = ["sh-fallback"]
  pool            = pool.methods
}

service "marked" {
  on = [node.here]

  listen "fwmark" {
    mark = 21
  }

  listen "fwmark" {
    mark   = 21
    family = "ipv6"
  }

  scheduler = "rr"
  pool      = pool.nat
}

# It goes with the change.
service "old" {
  on = [node.here]

  listen "tcp" {
    addresses = [vip.web.ipv4]
    ports     = [81]
  }

  scheduler = "rr"
  pool      = pool.nat
}

service "far" {
  on = [node.there]

  listen "tcp" {
    addresses = ["192.0.2.200"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.far
}

pool "far" {
  forward = "direct"

  server "here" {
    address = node.here.address
  }
}

real_server "far" {
  on        = [node.here]
  services  = [service.far]
  interface = "lo"
}

timeouts {
  on      = [node.here]
  tcp     = "10m"
  tcp_fin = "1m"
  udp     = "3m"
}

sync_daemon "master" {
  on        = [node.here]
  state     = "master"
  interface = "eth0"
  sync_id   = 10
}

module "ftp" {
  on   = [node.here]
  name = "ip_vs_ftp"
}

link "dummy" {
  on   = [node.here]
  name = "anycast0"
  kind = "dummy"
}

link "gue" {
  on   = [node.here]
  kind = "gue"
  port = 6080
}

link "tunnel" {
  for_each = { tunl0 = "ipip", sit0 = "sit", gre0 = "gre", ip6tnl0 = "ip6tnl", ip6gre0 = "ip6gre" }
  on       = [node.here]
  name     = each.key
  kind     = each.value
}

neighbour "client" {
  for_each  = { a = "10.0.0.53", b = "2001:db8::53" }
  on        = [node.here]
  interface = "eth0"
  address   = each.value
  mac       = "02:00:5e:00:53:01"
}

sysctl "director" {
  on = [node.here]
  values = {
    "net.ipv4.ip_forward"                   = 1
    "net.ipv6.conf.all.forwarding"          = 1
    "net.ipv4.conf.default.rp_filter"       = 1
    "net.ipv4.conf.eth1.arp_ignore"         = 1
    "net.ipv4.vs.drop_entry"                = 1
    "net.ipv4.vs.drop_packet"               = 0
    "net.ipv4.vs.secure_tcp"                = 3
    "net.ipv4.vs.sync_threshold"            = "3 50"
    "net.ipv4.vs.expire_quiescent_template" = true
    "net.ipv4.tcp_rmem"                     = "4096 131072 6291455"
  }
}
