pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "web" {
  listen "tcp" {
    addresses = ["0.0.0.0", "224.0.0.1", "255.255.255.255"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}
