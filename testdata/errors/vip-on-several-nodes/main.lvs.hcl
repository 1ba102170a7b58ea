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

vip "web" {
  on        = [role.director]
  addresses = ["192.0.2.10", "2001:db8::10"]
  interface = "eth0"
}

vip "one" {
  on        = [node.lb1]
  addresses = ["192.0.2.11"]
  interface = "lo"
  anycast   = true
}

vip "two" {
  on        = [node.lb2]
  addresses = ["192.0.2.11"]
  interface = "eth0"
}
