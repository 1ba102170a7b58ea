pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }

  server "rs2" {
    address = "10.0.0.12"
    weight  = 3
  }
}

service "web" {
  listen "fwmark" {
    mark   = 21
    family = "ipv4"
  }

  scheduler       = "sh"
  scheduler_flags = ["sh-fallback"]
  pool            = pool.web
}
