pool "web" {
  forward = "tunnel"

  server "rs1" {
    address = "10.0.0.11"

    tunnel {
      type = "ipip"
      port = 6080
    }
  }

  server "rs2" {
    address = "10.0.0.12"

    tunnel {
      type     = "gre"
      checksum = "remote"
    }
  }

  server "rs3" {
    address = "10.0.0.13"

    tunnel {
      port = 1
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
