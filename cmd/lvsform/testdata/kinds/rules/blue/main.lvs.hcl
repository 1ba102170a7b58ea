# Another instance's rules, beside what the first has.
node "here" {
  address = "10.0.0.2"
}

node "there" {
  address = "10.0.0.3"
}

vip "blue" {
  on        = [node.here]
  addresses = ["192.0.2.30"]
  interface = "eth0"

  announce {
    count = 1
  }
}

pool "blue" {
  forward = "fullnat"

  server "rs1" {
    address = "10.0.0.11"
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

    match {
      protocol  = "tcp"
      addresses = [vip.blue.ipv4]
      ports     = [8000]
    }
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
  on             = [node.here]
  services       = [service.far]
  interface      = "lo"
  arp            = "filter"
  arp_interfaces = ["eth0"]
}
