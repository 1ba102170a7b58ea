# A director and three real servers: every way to bring packets from one to the other, in one configuration. The machines
# are those of the traffic tests (drivers/drivertest, type Site).
role "director" {}
role "server" {}

variable "servers" {
  description = "Real servers: name => the last number of its addresses"
  type        = map(number)

  default = {
    rs1 = 11
    rs2 = 12
    rs3 = 13
  }
}

node "dir1" {
  match   = ["dir1"]
  roles   = [role.director]
  address = "10.0.0.2"
}

node "server" {
  for_each = var.servers
  match    = [each.key]
  roles    = [role.server]
  address  = "10.0.0.${each.value}"
}

sysctl "director" {
  on = [role.director]

  values = {
    "net.ipv4.conf.all.send_redirects"      = 0
    "net.ipv4.ip_forward"                   = 1
    "net.ipv4.vs.expire_quiescent_template" = 1
    "net.ipv6.conf.all.forwarding"          = 1
  }
}

# On the servers' second network: their answers come back through the director.
pool "back" {
  forward = "masquerade"

  dynamic "server" {
    for_each = var.servers
    labels   = [server.key]

    content {
      address  = "10.1.0.${server.value}"
      address6 = "fd00:1::${server.value}"
    }
  }
}
