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

real_server "web" {
  on        = [role.web]
  services  = [service.web]
  interface = "lo"
  arp       = "sysctl"
}

sysctl "web" {
  on = [role.web]

  values = {
    "net.ipv4.conf.all.arp_ignore"    = 0
    "net.ipv4.conf.all.arp_announce"  = 2
    "net.ipv4.conf.eth0.arp_ignore"   = 3
    "net.ipv4.conf.eth1.arp_ignore"   = 0
  }
}

pool "old" {
  forward = "fullnat"

  server "old1" {
    address = "10.9.0.11"
  }
}

service "old" {
  on = [role.director]

  listen "tcp" {
    addresses = ["192.0.2.60"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.old
}

sysctl "director" {
  on = [role.director]

  values = {
    "net.ipv4.vs.conntrack" = false
    "net.ipv4.ip_forward"   = 1
  }
}
