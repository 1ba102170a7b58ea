pool "own" {
  forward = "direct"

  server "rs5" {
    address = "10.0.0.15"
  }
}

service "own" {
  listen "tcp" {
    addresses = ["192.0.2.99"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.own
}
