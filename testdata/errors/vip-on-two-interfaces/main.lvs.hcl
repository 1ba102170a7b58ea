node "lb1" {}

vip "web" {
  on        = [node.lb1]
  addresses = ["192.0.2.10", "192.0.2.11"]
  interface = "eth0"
}

vip "same" {
  on        = [node.lb1]
  addresses = ["192.0.2.11"]
  interface = "eth0"
}

vip "again" {
  on        = [node.lb1]
  addresses = ["192.0.2.10"]
  interface = "dummy0"
}

vip "routed" {
  on        = [node.lb1]
  addresses = ["192.0.2.53"]
  interface = "lo"
  anycast   = true
}

vip "routed_too" {
  on        = [node.lb1]
  addresses = ["192.0.2.53"]
  interface = "eth0"
  anycast   = true
}

link "dummy0" {
  on   = [node.lb1]
  kind = "dummy"
}
