variable "secret" {
  default   = "10.0.0.300"
  sensitive = true
}

pool "web" {
  forward = "direct"

  server "rs1" {
    address = var.secret
  }
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}

check "x" {
  assert {
    condition     = var.secret == ""
    error_message = "It is ${var.secret}."
  }
}
