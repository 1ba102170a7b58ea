role "director" {}
role "web" {}

node "lb1" {
  roles   = [role.director]
  address = "10.0.0.2"
  vars    = { number = 1 }
}

node "lb2" {
  roles   = [role.director]
  address = "10.0.0.3"
  vars    = { number = 2 }
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

vip "own" {
  on        = [role.director]
  addresses = ["192.0.2.${target.vars.number}"]
}

vip "each" {
  for_each  = toset(["a"])
  on        = [role.director]
  addresses = ["192.0.2.1${target.vars.number}"]
}

service "web" {
  on = [role.web]

  listen "tcp" {
    addresses = [vip.own.ipv4]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}

service "two" {
  on = [role.web]

  listen "tcp" {
    addresses = [vip.each["a"].ipv4]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}
