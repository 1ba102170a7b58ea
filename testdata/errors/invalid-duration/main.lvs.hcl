pool "web" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }

  drain {
    timeout = "10 minutes"
  }
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "wlc"

  persistence {
    timeout = "1500ms"
  }

  pool      = pool.web
}

timeouts {
  tcp     = "1000h"
  tcp_fin = -1
  udp     = 0
}
