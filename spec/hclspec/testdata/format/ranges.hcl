vip "http" {
  addresses = ["192.0.2.10"]
}

vip "vip-192-0-2-11" {
  addresses = ["192.0.2.11"]
}

pool "http" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
    weight  = 3
  }
}

service "http" {
  listen "tcp" {
    addresses = vip.http.addresses
    ports     = [80, "8000-8010", 9000, 9001]
  }

  scheduler = "lc"
  pool      = pool.http
}

service "udp-20000-20002" {
  listen "udp" {
    addresses = vip.vip-192-0-2-11.addresses
    ports     = ["20000-20002"]
  }

  scheduler = "lc"
  pool      = pool.http
}
