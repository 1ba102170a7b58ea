pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
    weight  = 2147483648
    upper_threshold = -1
    lower_threshold = 1.5
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
