variable "address" {
  type = string
}

variable "port" {
  type = number
}

pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "web" {
  listen "tcp" {
    addresses = [var.address]
    ports     = [var.port]
  }

  scheduler = "rr"
  pool      = pool.web
}
