pool "web" {
  forward = "direct"

  server "rs1" {
    address = "224.0.0.1"
  }

  server "rs2" {
    address = "0.0.0.0"
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
