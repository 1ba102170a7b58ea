lvsform {
  required_version = ">= 0.3, ~> 0.3.0"
  max_destroy      = "50%"

  ownership {
    unmanaged = "ignore"

    ignore {
      addresses  = ["198.51.100.0/24", "2001:db8:ffff::1"]
      fwmarks    = ["900-999", 7]
      interfaces = ["eth7"]
    }
  }
}

pool "web" {
  forward = "tunnel"

  tunnel {
    type     = "gue"
    port     = 6080
    checksum = "remote"
  }

  server "rs1" {
    address         = "10.0.0.11"
    weight          = 100
    upper_threshold = 20000
    lower_threshold = 15000
  }

  server "rs2" {
    address     = "10.0.0.12"
    weight      = 50
    maintenance = true

    tunnel {
      type = "ipip"
    }
  }

  server "rs3" {
    address6 = "2001:db8::13"
    weight   = null
  }

  server "rs4" {
    address = "10.0.0.14"
    forward = "direct"
  }

  drain {
    timeout = "10m"
  }

  lifecycle {
    ignore_changes  = ["weight", "tunnel", "servers"]
    prevent_destroy = true
  }
}

pool "dns" {
  forward = "masquerade"
  port    = 5353

  server "a" {
    address  = "10.0.0.21"
    address6 = "2001:db8::21"
  }

  server "b" {
    address  = "10.0.0.21"
    address6 = "2001:db8::21"
    port     = 53
  }
}

service "web" {
  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler       = "mh"
  scheduler_flags = ["mh-port", "mh-fallback"]
  pool            = pool.web

  persistence {
    timeout  = "6m"
    netmask  = "255.255.255.0"
    netmask6 = 64
  }

  lifecycle {
    ignore_changes = ["persistence", "one_packet"]
  }
}

service "dns" {
  listen "udp" {
    addresses = ["192.0.2.53", "2001:db8::53"]
    ports     = [53]
  }

  scheduler = "rr"
  pool      = pool.dns

  persistence {
    netmask  = 16
    netmask6 = 64
    engine   = "sip"
  }
}

service "marks" {
  listen "fwmark" {
    mark       = 21
    one_packet = true
  }

  scheduler = "sh"
  pool      = pool.self
}

pool "self" {
  forward = "local"

  server "director" {
    address = "127.0.0.1"
  }
}

timeouts {
  tcp     = "15m"
  tcp_fin = 120
}
