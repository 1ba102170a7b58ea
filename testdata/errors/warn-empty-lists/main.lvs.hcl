variable "extra" {
  default = []
}

node "lb1" {
  address = "10.0.0.2"
}

node "web1" {
  address = "10.0.1.11"
}

pool "web" {
  forward = "direct"

  server "web1" {
    address = "10.0.1.11"
  }
}

service "mark" {
  on = [node.lb1]

  listen "fwmark" {
    mark = 21

    match {
      protocol  = "tcp"
      addresses = ["192.0.2.10"]
      ports     = [80]
    }

    match {
      protocol  = "udp"
      addresses = ["192.0.2.10"]
      ports     = []
    }

    match {
      protocol  = "tcp"
      addresses = [for a in var.extra : a]
      ports     = []
    }
  }

  scheduler = "rr"
  pool      = pool.web
}

service "tenant" {
  for_each = toset(var.extra)
  on       = [node.lb1]

  listen "tcp" {
    addresses = [each.key]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}

real_server "tenants" {
  on        = [node.web1]
  services  = [service.tenant, service.mark]
  interface = "lo"
}

real_server "none" {
  on        = [node.web1]
  services  = []
  interface = "lo"
}

real_server "computed" {
  on        = [node.web1]
  services  = [for s in [service.mark] : s if s.name == "other"]
  interface = "lo"
}
