pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "web" {
  listen "tcp" {
    addresses = vip.web.adresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}

vip "web" {
  addresses = ["192.0.2.10"]
}

check "size" {
  assert {
    condition     = length(pool.web.members) > 1
    error_message = "Too small."
  }
}
