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
  sync_id   = 256
  max_len   = 65508
  group     = "192.0.2.1"
  port      = 0
  ttl       = 256
}

sync_daemon "other" {
  state     = "backup"
  interface = "a name that is too long"
}
