variable "rack" {
  default   = 7
  sensitive = true
}

role "director" {}
role "real" {
  for_each = toset(["direct", "ipip", "gre", "six", "filter", "loud"])
}

node "lb1" {
  match   = ["lb1", "lb1.example.net"]
  roles   = [role.director]
  address = "10.0.0.2"
  vars    = { number = 1, rack = var.rack }
}

node "lb2" {
  roles   = [role.director]
  address = "10.0.0.3"
  vars    = { number = 2 }
}

node "real" {
  for_each = { direct = "10.0.1.1", ipip = "10.0.1.2", gre = "10.0.1.3", six = "2001:db8:1::4", filter = "10.0.1.5", loud = null }
  match    = ["rs-${each.key}"]
  roles    = [role.real[each.key]]
  address  = each.value
}

vip "web" {
  on        = [node.lb1]
  addresses = ["192.0.2.10", "2001:db8::10"]
  interface = "bond0"

  announce {
    count    = 5
    interval = "2s"
  }
}

vip "any" {
  on        = [role.director]
  addresses = ["192.0.2.20"]
  interface = "anycast0"
  anycast   = true
}

vip "dummy" {
  on        = [node.lb2]
  addresses = ["192.0.2.30"]
  interface = "anycast0"
}

vip "own" {
  for_each  = { one = "lb1", two = "lb2" }
  on        = [node[each.value]]
  addresses = ["198.51.100.${target.vars.number}"]
  interface = "bond0"
}

vip "parked" {
  on        = []
  addresses = ["192.0.2.99"]
  interface = "bond0"
}

pool "web" {
  forward = "direct"

  server "direct" {
    address = node.real["direct"].address
  }

  server "ipip" {
    address = node.real["ipip"].address
    forward = "tunnel"
  }

  server "gre" {
    address = node.real["gre"].address
    forward = "tunnel"

    tunnel {
      type = "gre"
    }
  }

  server "filter" {
    address = node.real["filter"].address
  }
}

pool "six" {
  forward = "tunnel"

  server "six" {
    address6 = node.real["six"].address

    tunnel {
      type = "gre"
    }
  }
}

service "six" {
  on = [node.lb1]

  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [443]
  }

  scheduler = "wlc"
  pool      = pool.six
}

service "web" {
  on = [role.director]

  listen "tcp" {
    addresses = [vip.web.ipv4, "192.0.2.20"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}

service "four" {
  for_each = toset(["a", "b"])
  on       = [role.director]

  listen "fwmark" {
    mark = each.key == "a" ? 1 : 2

    match {
      protocol  = "tcp"
      addresses = [each.key == "a" ? "192.0.2.41" : "192.0.2.42"]
      ports     = [80, "8000-8010"]
    }

    match {
      protocol  = "udp"
      addresses = [each.key == "a" ? "192.0.2.41" : "192.0.2.42"]
      ports     = ["any"]
    }
  }

  scheduler = "wlc"
  pool      = pool.web
}

pool "hidden" {
  forward = "fullnat"

  server "old1" {
    address = "10.9.0.1"
    port    = 8080
  }

  server "old2" {
    address = "10.9.0.2"
    forward = "masquerade"
  }

  lifecycle {
    prevent_destroy = true
  }
}

service "hidden" {
  on = [node.lb2]

  listen "tcp" {
    addresses = [vip.own["two"].ipv4]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.hidden
}

service "parked" {
  on = []

  listen "tcp" {
    addresses = vip.parked.addresses
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.parked
}

pool "parked" {
  forward = "local"

  server "self" {
    address = target.address
  }
}

real_server "direct" {
  on        = [node.real["direct"]]
  services  = [service.web, service.four]
  interface = "lo"
}

real_server "tunnel" {
  on        = [role.real["ipip"], role.real["gre"], role.real["six"]]
  services  = values({ one = service.web, two = service.four["b"], three = service.six })
  interface = "dummy0"
}

real_server "filter" {
  on             = [role.real["filter"]]
  services       = [service.four["a"]]
  interface      = "lo"
  arp            = "filter"
  arp_interfaces = ["eth0", "eth1"]
}

real_server "loud" {
  on        = [node.real["loud"]]
  services  = [service.web]
  interface = "lo"
  arp       = "none"
}

real_server "both" {
  on        = [node.real["filter"]]
  services  = [service.web]
  interface = "eth0"
  arp       = "filter"
}

sysctl "director" {
  on = [role.director]

  values = {
    "net.ipv4.ip_forward"            = true
    "net.ipv6.conf.all.forwarding"   = "1"
    "net.ipv4.vs.sync_threshold"     = "3	50"
    "net.ipv4.conf.eth0/100.forwarding" = target.vars.number
  }
}

sysctl "quiet" {
  for_each = { ignore = 2, announce = 2 }
  on       = [node.real["direct"]]

  values = {
    "net.ipv4.conf.all.arp_${each.key}" = each.value
  }
}

timeouts {
  on  = [node.lb1]
  tcp = "15m"
}

timeouts {
  on  = [node.lb2]
  tcp = "10m"
}

sync_daemon "a" {
  for_each  = toset(["master", "backup"])
  on        = each.key == "master" ? [node.lb2] : [node.real["loud"]]
  state     = each.key
  interface = "bond${length(target.vars)}"
}

module "ftp" {
  on   = [role.director]
  name = "ip-vs-ftp"
}

link "anycast0" {
  on   = [role.director]
  kind = "dummy"
}

link "dummy0" {
  on   = [node.real]
  kind = "dummy"
  up   = target.name != "lb1"
}

link "receiver" {
  on   = [node.lb1]
  kind = "gue"
  port = 6080
}

link "six" {
  on   = [node.lb2]
  kind = "ip6tnl"
  name = "ip6tnl0"
}

neighbour "client" {
  on        = [node.lb1]
  interface = "bond0"
  address   = "192.0.2.53"
  mac       = "02-00-5E-00-53-01"
}

check "here" {
  assert {
    condition     = length(pool.hidden.servers) > 5 || target.name != "lb2"
    error_message = "Few on ${target.name}."
  }
}

timeouts {
  on  = []
  tcp = "1m"
}

timeouts {
  on  = []
  tcp = "2m"
}

sysctl "parked" {
  for_each = { a = 1, b = 2 }
  on       = []

  values = {
    "net.ipv4.ip_forward" = each.value
  }
}

vip "on_a_tunnel" {
  on        = [node.lb1]
  addresses = ["192.0.2.66"]
  interface = "sit0"
}
