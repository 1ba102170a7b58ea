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

vip "a" {
  on        = [role.director]
  addresses = ["192.0.2.10"]
  anycast   = true
}

vip "b" {
  on        = [role.director]
  addresses = ["192.0.2.11"]

  announce {
    count = 3
  }
}

vip "c" {
  on        = [node.lb1]
  addresses = ["192.0.2.12"]
  interface = "lo"

  announce {
    count    = 101
    interval = "1x"
  }
}

real_server "web" {
  on             = [role.web]
  services       = [service.web]
  interface      = "lo"
  arp_interfaces = ["eth0"]
}

link "dummy0" {
  on   = [role.director]
  kind = "dummy"
  port = 6080
}

link "receiver" {
  on   = [role.director]
  kind = "gue"
  name = "gue0"
  port = 6080
}

link "portless" {
  on   = [role.director]
  kind = "gue"
}
