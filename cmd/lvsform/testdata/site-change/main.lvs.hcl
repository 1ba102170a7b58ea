# What changes under traffic, in variables and files.
variable "holder" {
  description = "The director that has the VIPs"
  type        = string
  default     = "dir1"
}

variable "servers" {
  type = map(object({
    number = number
    weight = optional(number, 1)
  }))
}

variable "scheduler" {
  type    = string
  default = "rr"
}

variable "scheduler_flags" {
  type    = list(string)
  default = []
}

variable "persistent" {
  type    = bool
  default = false
}

variable "ports" {
  type    = list(number)
  default = [80]
}

variable "expire_nodest" {
  description = "1: flows and connections whose server is gone are forgotten at once"
  type        = number
  default     = 0
}

variable "forward" {
  description = "How the VIP \"either\" reaches its servers"
  type        = string
  default     = "masquerade"
}

role "director" {}
role "server" {}

node "director" {
  for_each = { dir1 = 2, dir2 = 3 }
  match    = [each.key]
  roles    = [role.director]
  address  = "10.0.0.${each.value}"
}

node "server" {
  for_each = { rs1 = 11, rs2 = 12, rs3 = 13, rs4 = 14 }
  match    = [each.key]
  roles    = [role.server]
  address  = "10.0.0.${each.value}"
}

sysctl "director" {
  on = [role.director]

  values = {
    "net.ipv4.conf.all.send_redirects"      = 0
    "net.ipv4.ip_forward"                   = 1
    "net.ipv4.vs.expire_nodest_conn"        = var.expire_nodest
    "net.ipv4.vs.expire_quiescent_template" = 1
    "net.ipv6.conf.all.forwarding"          = 1
  }
}
