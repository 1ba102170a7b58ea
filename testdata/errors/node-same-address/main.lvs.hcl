role "director" {}

node "lb1" {
  roles   = [role.director]
  address = "10.0.0.2"
}

node "lb2" {
  roles   = [role.director]
  address = "10.0.0.2"
}

node "web" {
  for_each = toset(["a", "b"])
  address  = "10.0.0.3"
}

timeouts {
  on  = [role.director]
  tcp = "10m"
}
