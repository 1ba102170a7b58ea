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

vip "web" {
  on        = [role.web]
  addresses = ["192.0.2.10"]
  interface = "lo"
}

vip "other" {
  on        = [node.lb1]
  addresses = ["192.0.2.20"]
  interface = "eth0"
}

vip "another" {
  on        = [node.lb1]
  addresses = ["192.0.2.20"]
  interface = "eth0"

  announce {
    count = 1
  }
}

sysctl "a" {
  on = [role.director]

  values = {
    "net.ipv4.ip_forward"        = 1
    "net.ipv4.vs.schedule_icmp"  = true
    "net.ipv4.conf.all.send_redirects" = 0
  }
}

sysctl "b" {
  on = [node.lb1]

  values = {
    "net.ipv4.ip_forward"          = true
    "net.ipv4.vs.schedule_icmp"    = 0
    "net.ipv4.conf.all.forwarding" = 0
  }
}

link "dummy0" {
  on   = [role.director]
  kind = "dummy"
}

link "second" {
  on   = [role.director]
  kind = "dummy"
  name = "dummy0"
  up   = false
}

timeouts {
  on  = [role.director]
  tcp = "10m"
}

timeouts {
  on  = [node.lb2]
  udp = "1m"
}

neighbour "a" {
  on        = [role.director]
  interface = "eth0"
  address   = "192.0.2.53"
  mac       = "02:00:5e:00:53:01"
}

neighbour "b" {
  on        = [role.director]
  interface = "eth0"
  address   = "192.0.2.53"
  mac       = "02:00:5e:00:53:02"
}
