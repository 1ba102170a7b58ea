node "lb1" {
  address = "10.0.0.2"
}

node "web1" {
}

node "web2" {
  address = "2001:db8::12"
}

pool "web" {
  forward = "direct"

  server "web1" {
    address = "10.0.0.11"
  }

  server "web2" {
    address = "10.0.0.12"
  }
}

service "web" {
  on = [node.lb1]

  listen "tcp" {
    addresses = ["192.0.2.10", "192.0.2.11"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}

real_server "web" {
  on        = [node.web1, node.web2]
  services  = [service.web]
  interface = "eth0"
  arp       = "filter"
}
