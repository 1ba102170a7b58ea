link "mine" {
  kind = "ipip"
}

link "tunl0" {
  kind = "dummy"
}

link "an-interface-of-many-letters" {
  kind = "dummy"
}

link "vlan" {
  kind = "vlan"
}

module "path" {
  name = "../ip_vs_ftp.ko"
}
