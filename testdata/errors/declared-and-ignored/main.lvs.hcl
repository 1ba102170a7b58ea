lvsform {
  ownership {
    ignore {
      addresses  = ["192.0.2.0/24"]
      fwmarks    = ["20-30", 7]
      interfaces = ["bond1"]
    }
  }
}

sync_daemon "main" {
  state     = "master"
  interface = "bond1"
}

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

service "marked" {
  listen "fwmark" {
    mark = 21
  }

  scheduler = "rr"
  pool      = pool.web
}
