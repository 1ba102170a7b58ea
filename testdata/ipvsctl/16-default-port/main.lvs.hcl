pool "own" {
  forward = "masquerade"
  port    = 8080

  server "rs1" {
    address = "10.0.0.11"
  }

  server "rs2" {
    address = "10.0.0.12"
    port    = 9090
  }
}

service "own" {
  listen "tcp" {
    addresses = ["192.0.2.1"]
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.own
}

pool "listener" {
  forward = "direct"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "listener" {
  listen "tcp" {
    addresses = ["192.0.2.2"]
    ports     = [81]
  }

  scheduler = "rr"
  pool      = pool.listener
}
