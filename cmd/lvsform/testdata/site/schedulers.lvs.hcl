variable "schedulers" {
  description = "Schedulers of this kernel: name => port"
  type        = map(number)
  default     = {}
}

vip "schedulers" {
  on        = [node.dir1]
  addresses = ["10.0.0.70"]
  interface = "eth0"

  announce {
    count = 1
  }
}

pool "weighted" {
  forward = "masquerade"

  server "rs1" {
    address = "10.1.0.11"
  }

  server "rs2" {
    address = "10.1.0.12"
    weight  = 2
  }

  server "rs3" {
    address = "10.1.0.13"
    weight  = 3
  }
}

service "scheduler" {
  for_each = var.schedulers
  on       = [node.dir1]

  listen "tcp" {
    addresses = vip.schedulers.addresses
    ports     = [each.value]
  }

  scheduler = each.key
  pool      = pool.weighted
}
