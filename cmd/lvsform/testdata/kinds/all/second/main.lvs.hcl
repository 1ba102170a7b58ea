# The same objects, with every attribute changed that can be; some go, some come.
node "here" {
  address = "10.0.0.2"
}

node "there" {
  address = "10.0.0.3"
}

vip "web" {
  on        = [node.here]
  addresses = ["192.0.2.10", "2001:db8:10::10"]
  interface = "eth1"

  announce {
    count = 1
  }
}

pool "nat" {
  forward = "direct"

  server "rs1" {
    address         = "10.0.0.11"
    address6        = "2001:db8::11"
    weight          = 1
    upper_threshold = 300
    lower_threshold = 0
  }

  server "rs3" {
    address  = "10.0.0.17"
    address6 = "2001:db8::17"
    weight   = 0
  }
}

pool "methods" {
  forward = "tunnel"

  server "direct" {
    address = "10.0.0.13"
  }

  server "ipip" {
    address = "10.0.0.14"

    tunnel {
      type     = "gre"
      checksum = "full"
    }
  }

  server "gue" {
    address = "10.0.0.15"

    tunnel {
      type     = "gue"
      port     = 6081
      checksum = "full"
    }
  }

  server "gre" {
    address = "10.0.0.16"
  }

  server "local" {
    address = "192.0.2.10"
    forward = "direct"
  }
}

service "web" {
  on = [node.here]

  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80]
  }

  scheduler       = "mh"
  scheduler_flags = ["mh-port"]
  pool            = pool.nat
}

service "dns" {
  on = [node.here]

  listen "udp" {
    addresses = [vip.web.ipv4]
    ports     = [53]
  }

  scheduler       = "sh"
  scheduler_flags = ["sh-port"]
  pool            = pool.methods

  persistence {
    timeout = "1m"
    engine  = "sip"
  }
}

service "stream" {
  on = [node.here]

  listen "sctp" {
    addresses = [vip.web.ipv4]
    ports     = [53]
  }

  scheduler = "rr"
  pool      = pool.methods
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

  scheduler = "nq"
  pool      = pool.nat

  persistence {
    netmask6 = 48
  }
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
  forward = "tunnel"

  server "here" {
    address = node.here.address
  }
}

real_server "far" {
  on        = [node.here]
  services  = [service.far]
  interface = "tunl0"
}

timeouts {
  on      = [node.here]
  tcp     = "20m"
  tcp_fin = "4m"
  udp     = "6m"
}

sync_daemon "master" {
  on        = [node.here]
  state     = "master"
  interface = "eth1"
  sync_id   = 11
  max_len   = 1000
  group     = "224.0.0.82"
  port      = 8849
  ttl       = 2
}

link "dummy" {
  on   = [node.here]
  name = "anycast0"
  kind = "dummy"
  up   = false
}

link "gue" {
  on   = [node.here]
  kind = "gue"
  port = 6081
}

link "tunnel" {
  for_each = { sit0 = "sit", gre0 = "gre", ip6tnl0 = "ip6tnl", ip6gre0 = "ip6gre" }
  on       = [node.here]
  name     = each.key
  kind     = each.value
  up       = false
}

neighbour "client" {
  for_each  = { a = "10.0.0.53", b = "2001:db8::53" }
  on        = [node.here]
  interface = "eth0"
  address   = each.value
  mac       = "02:00:5e:00:53:02"
}

sysctl "director" {
  on = [node.here]
  values = {
    "net.ipv4.ip_forward"             = 0
    "net.ipv6.conf.all.forwarding"    = 0
    "net.ipv4.conf.eth0.forwarding"   = 1
    "net.ipv4.conf.default.rp_filter" = 0
    "net.ipv4.conf.eth1.arp_ignore"   = 2
    "net.ipv4.vs.drop_entry"          = 3
    "net.ipv4.vs.drop_packet"         = 1
    "net.ipv4.vs.secure_tcp"          = 1
    "net.ipv4.vs.sync_threshold"      = "7 70"
    "net.ipv4.tcp_rmem"               = "4096 131072 6291454"
  }
}
