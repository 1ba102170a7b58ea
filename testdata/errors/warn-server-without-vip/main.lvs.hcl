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

service "web" {
  on = [role.director]

  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}

# A tunnel ends at the server as well, and what masquerades needs nothing there.
pool "tunnel" {
  forward = "tunnel"

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

service "tunnel" {
  on = [role.director]

  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [81]
  }

  scheduler = "wlc"
  pool      = pool.tunnel
}

service "nat" {
  on = [role.director]

  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [82]
  }

  scheduler = "wlc"
  pool      = pool.nat
}

sysctl "director" {
  on = [role.director]

  values = {
    "net.ipv4.ip_forward" = 1
  }
}

vip "everywhere" {
  on        = [role.director]
  addresses = ["192.0.2.20"]
  interface = "lo"
  anycast   = true
}

pool "themselves" {
  forward = "direct"

  server "lb1" {
    address = node.lb1.address
  }

  server "lb2" {
    address = node.lb2.address
  }
}

service "held" {
  on = [role.director]

  listen "tcp" {
    addresses = vip.everywhere.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.themselves
}

service "half" {
  on = [role.director]

  listen "tcp" {
    addresses = ["192.0.2.20", "192.0.2.30"]
    ports     = [81]
  }

  scheduler = "wlc"
  pool      = pool.themselves
}
