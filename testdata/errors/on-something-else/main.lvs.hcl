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

timeouts {
  on  = ["lb1", role, { name = "director" }]
  tcp = "15m"
}

module "ftp" {
  on   = role.director
  name = "ip_vs_ftp"
}

module "fou" {
  on   = [target, vip.web]
  name = "fou"
}

module "gre" {
  on   = [role.directr, node.lb3]
  name = "ip_gre"
}
