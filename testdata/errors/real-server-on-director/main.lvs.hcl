role "director" {}

node "lb1" {
  roles   = [role.director]
  address = "10.0.0.2"
}

node "lb2" {
  roles   = [role.director]
  address = "10.0.0.3"
}

vip "web" {
  on        = [node.lb1]
  addresses = ["192.0.2.10"]
  interface = "eth0"
}

pool "web" {
  forward = "direct"

  server "lb1" {
    address = "10.0.0.2"
  }

  server "lb2" {
    address = "10.0.0.3"
  }
}

service "web" {
  on = [role.director]

  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}

real_server "web" {
  on        = [role.director]
  services  = [service.web]
  interface = "lo"
}
