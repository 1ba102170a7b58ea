role "director" {}

node "lb1" {
  match = ["lb1"]
}

vip "web" {
  on        = [role.director]
  addresses = ["192.0.2.10"]
  interface = "eth0"
  anycast   = true

  announce {
    count = 3
  }
}

lvsform {
  confirm {
    timeout = "2m"
  }
}

pool "old" {
  forward = "fullnat"

  server "rs1" {
    address = target.address
  }
}

service "web" {
  listen "fwmark" {
    mark = 21

    match {
      ports = [80]
    }
  }

  scheduler = "rr"
  pool      = pool.old
}

real_server "web" {
}

sysctl "director" {
}

module "ftp" {
}

link "dummy0" {
}

neighbour "client" {
}
