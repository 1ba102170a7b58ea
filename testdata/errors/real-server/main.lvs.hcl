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
  forward = "direct"

  server "web1" {
    address = "10.0.1.11"
  }
}

pool "nat" {
  forward = "masquerade"

  server "web1" {
    address = "10.0.1.11"
  }
}

service "nat" {
  on = [role.director]

  listen "tcp" {
    addresses = ["192.0.2.11"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.nat
}

service "mark" {
  on = [role.director]

  listen "fwmark" {
    mark = 21
  }

  scheduler = "wlc"
  pool      = pool.web
}

service "many" {
  for_each = toset(["acme", "umbrella"])
  on       = [role.director]

  listen "tcp" {
    addresses = ["192.0.2.12"]
    ports     = [length(each.key)]
  }

  scheduler = "wlc"
  pool      = pool.web
}

pool "own" {
  forward = "local"

  server "self" {
    address = "10.0.1.11"
  }
}

service "own" {
  on = [role.director]

  listen "tcp" {
    addresses = ["192.0.2.13"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.own
}

real_server "near" {
  on        = [role.web]
  services  = [service.many["akme"], service.own]
  interface = "lo"
}

real_server "filter" {
  on        = [role.web]
  services  = [service.mark]
  interface = "lo"
  arp       = "filter"
}

real_server "mark" {
  on        = [role.web]
  services  = [service.mark, service.nat]
  interface = "lo"
}

real_server "odd" {
  on        = [role.web]
  services  = [service.mark["a"], service.gone]
  interface = "lo:1"
  arp       = "arptables"
}

real_server "wrong" {
  on        = [role.web]
  services  = [pool.web, "service.nat", { a = service.nat.name }]
  interface = "lo"
}
