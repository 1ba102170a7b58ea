pool "web" {
  forward = "masquerade"

  server "web1" {
    address  = "10.0.1.11"
    address6 = "2001:db8:1::11"
  }
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.10", "2001:db8::10"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}

sysctl "director" {
  values = {
    "net.ipv4.ip_forward" = 1
  }
}
