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
  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}

sysctl "all" {
  on = null

  values = {
    "net.ipv4.ip_forward" = 1
  }
}

vip "web" {
  addresses = ["192.0.2.10"]
}

real_server "web" {
  services  = [service.web]
  interface = "lo"
}

timeouts {
  tcp = "15m"
}

sync_daemon "master" {
  state     = "master"
  interface = "eth0"
}

module "ftp" {
  name = "ip_vs_ftp"
}

link "anycast0" {
  kind = "dummy"
}

neighbour "client" {
  interface = "eth0"
  address   = "192.0.2.53"
  mac       = "02:00:5e:00:53:01"
}
