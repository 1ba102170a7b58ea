# Many small services from one table. "prod.auto.lvsvars.hcl" holds the table, and nobody edits this file for a new tenant.

variable "tenants" {
  description = "Name => place in the network of virtual addresses, and ports"
  type = map(object({
    host_number = number
    ports       = optional(list(number), [80])
    servers     = optional(map(string), { app1 = "10.1.0.11", app2 = "10.1.0.12" })
    enabled     = optional(bool, true)
  }))

  validation {
    condition     = length(distinct([for t in var.tenants : t.host_number])) == length(var.tenants)
    error_message = "Two tenants have the same host_number."
  }
}

variable "network" {
  type    = string
  default = "192.0.2.64/26"
}

locals {
  tenants = { for name, t in var.tenants : name => t if t.enabled }
}

pool "tenant" {
  for_each = local.tenants
  forward  = "masquerade"

  dynamic "server" {
    for_each = each.value.servers
    labels   = [server.key]

    content {
      address = server.value
      port    = 8080 # servers listen here, whatever the port of the service is
    }
  }
}

service "tenant" {
  for_each = local.tenants

  listen "tcp" {
    addresses = [cidrhost(var.network, each.value.host_number)]
    ports     = each.value.ports
  }

  scheduler = "wlc"
  pool      = pool.tenant[each.key]
}
