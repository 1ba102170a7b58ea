role "director" {}
role "web" {}

node "lb1" {
  roles   = [role.director]
  address = "10.0.0.2"
  vars    = { vip4 = "192.0.2.10" }
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

locals {
  early = target.name
}

vip "web" {
  on        = [node.lb1, node.lb2]
  addresses = [target.vars.vip, target.adress, target.name.more]
}

vip "fine" {
  on        = [node[target.name]]
  addresses = [node.lb1.vars.nothing]
}
