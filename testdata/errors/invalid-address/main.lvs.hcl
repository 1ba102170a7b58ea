pool "web" {
  forward = "direct"

  server "rs1" {
    address = "rs1.example.net"
  }
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.300", "192.0.2.10:80", "192.0.2.0/24", "fe80::1%eth0"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}
