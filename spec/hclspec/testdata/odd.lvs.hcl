lvsform {
  required_version = ">= 0.1"
  max_destroy      = 5

  ownership {
    unmanaged = "report"

    ignore {
      addresses  = ["198.51.100.0/24"]
      fwmarks    = ["900-999"]
      interfaces = ["eth7"]
    }
  }
}

variable "a" {
  type        = map(object({ a = optional(number, 1) }))
  default     = {}
  description = "one"

  validation {
    condition     = length(var.a) < 9
    error_message = "Too many."
  }
}

variable "secret" {
  default   = 1
  sensitive = true
}

locals {
  b = 1
  c = local.b
}

vip "v" {
  for_each  = { k = 1 }
  addresses = ["192.0.2.20"]
}

vip "w" {
  addresses = ["192.0.2.21"]
}

pool "each" {
  for_each = { k = "10.0.0.9" }
  forward  = "direct"

  server "rs1" {
    address = each.value
  }
}

pool "web" {
  forward = "tunnel"
  port    = null

  tunnel {
    type     = "gue"
    port     = 6080
    checksum = "remote"
  }

  server "rs1" {
    address         = "10.0.0.11"
    weight          = 100
    upper_threshold = 20000
    lower_threshold = 15000
  }

  dynamic "server" {
    for_each = { rs2 = "10.0.0.12" }
    iterator = s
    labels   = [s.key]

    content {
      address     = s.value
      address6    = null
      maintenance = true
      forward     = "direct"
      port        = null
    }
  }

  drain {
    timeout = "10m"
  }

  lifecycle {
    ignore_changes  = ["weight", "tunnel", "servers"]
    prevent_destroy = true
  }
}

service "web" {
  for_each = toset(["x"])

  listen "udp" {
    addresses  = ["192.0.2.10"]
    ports      = [80]
    one_packet = false
  }

  dynamic "listen" {
    for_each = pool.web.servers
    labels   = ["fwmark"]

    content {
      mark   = 10 + listen.key
      family = "ipv4"
    }
  }

  scheduler       = "mh"
  scheduler_flags = ["mh-port"]
  pool            = pool.web

  persistence {
    timeout  = "6m"
    netmask  = "255.255.255.0"
    netmask6 = 64
    engine   = null
  }

  lifecycle {
    ignore_changes = ["persistence", "one_packet"]
  }
}

timeouts {
  tcp     = "15m"
  tcp_fin = 120
  udp     = 300
}

sync_daemon "m" {
  for_each  = toset(["bond0"])
  state     = "master"
  interface = each.key
  sync_id   = 1
  max_len   = 1472
  group     = "224.0.0.81"
  port      = 8848
  ttl       = 1
}

check "c" {
  for_each = { a = 1 }

  assert {
    condition     = length(service.web) == 1
    error_message = "none"
  }
}
