variable "tenants" {
  type    = map(number)
  default = { acme = 21, umbrella = 22 }
}

pool "app" {
  forward = "masquerade"

  server "rs1" {
    address = "10.1.0.11"
    port    = 8080
  }
}

service "tenant" {
  for_each = var.tenants

  listen "tcp" {
    addresses = [cidrhost("192.0.2.0/26", each.value)]
    ports     = [80]
  }
  scheduler = "wlc"
  pool      = pool.app
}
