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
  on = [node.lb1]

  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}

real_server "web" {
  on        = [role.web]
  services  = [service.web]
  interface = "lo"
  arp       = "sysctl"
}

pool "other" {
  forward = "masquerade"

  server "rs1" {
    address = "10.0.3.1"
  }
}

service "other" {
  on = [node.lb2]

  listen "tcp" {
    addresses = ["192.0.2.11"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.other
}

sysctl "director" {
  on = [role.director]

  values = {
    "net.ipv4.ip_forward" = 1
  }
}

check "both" {
  assert {
    condition     = length(pool.web.servers) == length(pool.other.servers)
    error_message = "Unequal."
  }
}
