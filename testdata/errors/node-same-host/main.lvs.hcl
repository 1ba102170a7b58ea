role "director" {}

node "lb1" {
  match = ["lb1", "LB2"]
  roles = [role.director, "director"]
  vars  = ["a"]
}

node "lb2" {
  for_each = toset(["lb2", "lb3"])
  match    = [each.key]
  address  = "10.0.0.0/24"
}

node "all" {}
