pool "pop" {
  forward = "tunnel"

  tunnel {
    type     = "gue"
    port     = 6080
    checksum = "remote"
  }

  server "rs1" {
    address = "203.0.113.5"
  }

  server "rs2" {
    address = "203.0.113.6"
    tunnel {
      type = "ipip"
    }
  }

  server "rs3" {
    address = "203.0.113.7"
    tunnel {
      type     = "gre"
      checksum = "full"
    }
  }
}

service "pop" {
  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.pop
}
