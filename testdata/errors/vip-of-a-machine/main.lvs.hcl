node "lb1" {
  address = "192.0.2.2"
}

node "lb2" {
  address = "192.0.2.3"
}

node "rs1" {
  address = "192.0.2.11"
}

node "rs2" {
  address = "192.0.2.12"
}

vip "web" {
  on        = [node.lb1]
  addresses = ["192.0.2.11", "192.0.2.2"] # the second is lb1's own
  interface = "eth0"
}

vip "routed" {
  on        = [node.lb1, node.lb2]
  addresses = ["192.0.2.12"]
  interface = "lo"
  anycast   = true
}
