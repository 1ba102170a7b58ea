role "director" {}
role "web" {}

node "lb1" {
  roles   = [role.director]
  address = "10.0.0.2"
}

node "lb2" {
  roles   = [role.director]
  address = "10.0.0.3"
}

node "web1" {
  roles   = [role.web]
  address = "10.0.1.11"
}

pool "web" {
  forward = "tunnel"

  server "web1" {
    address6 = "2001:db8:1::11"
  }
}

pool "sum" {
  forward = "tunnel"

  tunnel {
    type     = "gre"
    checksum = "full"
  }

  server "web1" {
    address = "10.0.1.11"
  }
}

service "web" {
  on = [role.director]

  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}

service "sum" {
  on = [role.director]

  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [81]
  }

  scheduler = "wlc"
  pool      = pool.sum
}

real_server "web" {
  on        = [role.web]
  services  = [service.web, service.sum]
  interface = "lo"
}
