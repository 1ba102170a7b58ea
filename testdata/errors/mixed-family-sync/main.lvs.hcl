pool "web" {
  forward = "tunnel"

  server "rs1" {
    address6 = "2001:db8::1"
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
  interface = "eth0"
}
