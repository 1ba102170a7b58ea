# Nearly every block is gone.
node "here" {
  address = "10.1.0.2"
}

node "there" {
  address = "10.0.0.3"
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
    address = "10.0.0.2"
  }
}

real_server "far" {
  on             = [node.here]
  services       = [service.far]
  interface      = "lo"
  arp            = "filter"
  arp_interfaces = ["eth0"]
}
