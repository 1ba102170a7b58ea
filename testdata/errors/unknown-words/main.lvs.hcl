pool "web" {
  forward = "nat"

  tunnel {
    type     = "vxlan"
    port     = 4789
    checksum = "remot"
  }

  server "rs1" {
    address = "10.0.0.11"
    forward = "tunel"
  }

  lifecycle {
    ignore_changes = ["wieght"]
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
  state     = "mastr"
  interface = "eth0"
}

lvsform {
  ownership {
    unmanaged = "delete"
  }
}
