pool "app" {
  for_each = toset(["a"])
  forward  = "direct"

  server "rs1" {
    address = "10.0.0.1"
  }
}

service "tenant" {
  for_each = { a = "192.0.2.20" }

  listen "tcp" {
    addresses = [each.value]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.app[each.key]
}

sync_daemon "s" {
  for_each  = { x = "master" }
  state     = each.value
  interface = "eth0"
}

timeouts {
  udp = 300
}
