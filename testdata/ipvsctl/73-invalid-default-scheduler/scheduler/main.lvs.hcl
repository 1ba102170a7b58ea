variable "scheduler" {
  type    = string
  default = "zz"
}

pool "web" {
  forward = "direct"
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.1"]
    ports     = [80]
  }

  scheduler = var.scheduler
  pool      = pool.web
}
