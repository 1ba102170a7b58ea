pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
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

check "capacity" {
  assert {
    condition     = length([for s in pool.web.servers : s if s.weight > 0]) >= 2
    error_message = "Fewer than two web servers take traffic."
  }
}
