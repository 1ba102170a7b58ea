variable "scheduler" {
  type    = string
  default = "wrr"
}

pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.1"]
    ports     = [80]
  }

  scheduler = var.scheduler
  pool      = pool.web
}

service "fixed" {
  listen "tcp" {
    addresses = ["192.0.2.2"]
    ports     = [80]
  }

  scheduler = "sh"
  pool      = pool.web
}
