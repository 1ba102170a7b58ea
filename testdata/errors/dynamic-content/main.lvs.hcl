pool "web" {
  forward = "direct"

  dynamic "server" {
    for_each = { a = "10.0.0.1" }
    labels   = [server.key]

    content {
      adress = server.value
      weight = server.valeu
    }
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
