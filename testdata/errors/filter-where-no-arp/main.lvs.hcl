node "lb1" {}

node "rs1" {
  address = "192.0.2.11"
}

pool "web" {
  forward = "direct"

  server "rs1" {
    address = node.rs1.address
  }
}

service "web" {
  on = [node.lb1]

  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}

real_server "web" {
  on             = [node.rs1]
  services       = [service.web]
  interface      = "lo"
  arp            = "filter"
  arp_interfaces = ["eth0", "lo"]
}
