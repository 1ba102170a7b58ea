timeouts {
  tcp = "15m"
}

sync_daemon "master" {
  state     = "master"
  interface = "bond1"
  sync_id   = 10
}

pool "tcp-192-0-2-10-80" {
  forward = "masquerade"
  port    = 8080

  server "10.0.0.1" {
    address = "10.0.0.1"
  }

  server "10.0.0.2" {
    address = "10.0.0.2"
    weight  = 3
  }
}

service "tcp-192-0-2-10-80" {
  listen "tcp" {
    addresses = ["192.0.2.10", "192.0.2.11"]
    ports     = [80, 443, "8000-8010"]
  }

  listen "tcp" {
    addresses = ["192.0.2.12"]
    ports     = [80]
  }

  scheduler       = "mh"
  scheduler_flags = ["mh-port"]
  pool            = pool.tcp-192-0-2-10-80

  persistence {
    netmask = 24
  }
}

pool "udp-192-0-2-10-53" {
  forward = "direct"

  server "10.0.0.3" {
    address = "10.0.0.3"
  }
}

service "udp-192-0-2-10-53" {
  listen "udp" {
    addresses  = ["192.0.2.10"]
    ports      = [53]
    one_packet = true
  }

  scheduler = "wlc"
  pool      = pool.udp-192-0-2-10-53
}
