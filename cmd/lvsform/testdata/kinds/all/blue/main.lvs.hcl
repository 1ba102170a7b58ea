# Another instance's, of every kind, beside what the first has.
node "here" {
  address = "10.0.0.2"
}

node "there" {
  address = "10.0.0.3"
}

vip "blue" {
  on        = [node.here]
  addresses = ["192.0.2.30", "2001:db8:10::30"]
  interface = "eth0"

  announce {
    count = 1
  }
}

pool "blue" {
  forward = "direct"

  server "rs1" {
    address  = "10.0.0.11"
    address6 = "2001:db8::11"
  }
}

service "blue" {
  on = [node.here]

  listen "tcp" {
    addresses = vip.blue.addresses
    ports     = [80]
  }

  listen "fwmark" {
    mark = 30
  }

  scheduler = "rr"
  pool      = pool.blue
}

service "far" {
  on = [node.there]

  listen "tcp" {
    addresses = ["192.0.2.230"]
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
  arp       = "none"
}

link "dummy" {
  on   = [node.here]
  name = "blue0"
  kind = "dummy"
}

link "gue" {
  on   = [node.here]
  kind = "gue"
  port = 6090
}

neighbour "client" {
  for_each  = { a = "10.0.0.58", b = "2001:db8::58" }
  on        = [node.here]
  interface = "eth0"
  address   = each.value
  mac       = "02:00:5e:00:53:58"
}

sysctl "director" {
  on = [node.here]
  values = {
    "net.ipv4.vs.am_droprate"         = 11
    "net.ipv4.conf.eth0.arp_announce" = 1
  }
}
