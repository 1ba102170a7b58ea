# Directors and real servers of one site in one configuration. Each machine finds itself by its host name; what is not for it
# is not looked at. "lvsform plan --node web1" shows what a real server needs.

variable "web_servers" {
  description = "Web servers: host name => address, weight, and whether they take traffic"
  type = map(object({
    address = string
    weight  = optional(number, 1)
    active  = optional(bool, true)
  }))

  validation {
    condition     = anytrue([for s in values(var.web_servers) : s.active])
    error_message = "One web server at least has to be active."
  }
}

# ---- the machines

role "director" {}
role "web" {}
role "resolver" {}

node "lb1" {
  match   = ["lb1", "lb1.example.net"]
  roles   = [role.director]
  address = "10.0.0.2"
  vars    = { sync_interface = "eth0" }
}

node "lb2" {
  match   = ["lb2", "lb2.example.net"]
  roles   = [role.director]
  address = "10.0.0.3"
  vars    = { sync_interface = "eth0" }
}

node "web" { # node.web["web1"], ...
  for_each = var.web_servers
  match    = [each.key, "${each.key}.example.net"]
  roles    = [role.web]
  address  = each.value.address
}

node "resolver" {
  match   = ["ns1"]
  roles   = [role.resolver]
  address = "203.0.113.5"
}

# ---- the addresses: to move one by hand, name the other node; its services are there already

vip "web" {
  on        = [node.lb1]
  addresses = ["192.0.2.10", "2001:db8:10::10"]
  interface = "eth0"
}

vip "dns" { # announced by BGP from both directors
  on        = [role.director]
  addresses = ["192.0.2.53"]
  interface = "anycast0"
  anycast   = true
}

vip "mail" { # moved by VRRP
  on        = [role.director]
  addresses = ["192.0.2.25"]
}

link "anycast0" {
  on   = [role.director]
  kind = "dummy"
}
