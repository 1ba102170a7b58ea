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

  persistence {
    netmask = "255.255.255.256"
  }

  pool      = pool.web
}
