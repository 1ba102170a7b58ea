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

sync_daemon "main" {
  state     = "master"
  interface = "eth0/1"
}
