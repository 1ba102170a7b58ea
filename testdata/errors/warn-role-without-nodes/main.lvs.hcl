role "director" {}
role "forgotten" {}

node "lb1" {
  roles = [role.director]
}

node "none" {
  for_each = toset([])
}

vip "parked" {
  on        = []
  addresses = ["192.0.2.1"]
}

vip "chosen" {
  on        = [for n in node.none : n]
  addresses = ["192.0.2.2"]
}

vip "lost" {
  on        = [role.forgotten]
  addresses = ["192.0.2.3"]
}

sysctl "each" {
  for_each = { lb = role.director, other = role.forgotten }
  on       = [each.value]

  values = {
    "net.ipv4.ip_forward" = 1
  }
}

timeouts {
  on  = [role.forgotten, node.none]
  tcp = "10m"
}
