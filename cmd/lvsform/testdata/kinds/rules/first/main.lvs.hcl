# The rules of nftables, with what they are for.
node "here" {
  address = "10.0.0.2"
}

node "there" {
  address = "10.0.0.3"
}

vip "shop" {
  on        = [node.here]
  addresses = ["192.0.2.20", "2001:db8:10::20"]
  interface = "eth0"

  announce {
    count = 1
  }
}

pool "fullnat" {
  forward = "fullnat"

  server "rs1" {
    address  = "10.0.0.11"
    address6 = "2001:db8::11"
  }

  server "rs2" {
    address  = "10.0.0.12"
    address6 = "2001:db8::12"
  }
}

service "shop" {
  on = [node.here]

  listen "tcp" {
    addresses = vip.shop.addresses
    ports     = [80]
  }

  listen "fwmark" {
    mark = 21

    match {
      protocol  = "tcp"
      addresses = [vip.shop.ipv4]
      ports     = [8000, "8001-8010"]
    }
  }

  listen "fwmark" {
    mark   = 21
    family = "ipv6"

    match {
      protocol  = "udp"
      addresses = [vip.shop.ipv6]
      ports     = [53]
    }
  }

  scheduler = "rr"
  pool      = pool.fullnat
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
  on             = [node.here]
  services       = [service.far]
  interface      = "lo"
  arp            = "filter"
  arp_interfaces = ["eth0", "eth1"]
}
