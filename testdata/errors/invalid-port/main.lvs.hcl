pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
    port    = 0
  }
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [70000, "8010-8000", "http", 80.5, "0"]
  }

  scheduler = "wlc"
  pool      = pool.web
}
