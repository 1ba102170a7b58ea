variable "address" {
  type = string
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
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}
