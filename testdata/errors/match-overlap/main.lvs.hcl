pool "web" {
  forward = "masquerade"

  server "web1" {
    address = "10.0.1.11"
  }
}

service "a" {
  listen "fwmark" {
    mark = 21

    match {
      protocol  = "tcp"
      addresses = ["192.0.2.10"]
      ports     = [80, "8000-8100"]
    }
  }

  scheduler = "rr"
  pool      = pool.web
}

service "b" {
  listen "fwmark" {
    mark = 22

    match {
      protocol  = "tcp"
      addresses = ["192.0.2.10"]
      ports     = [80]
    }

    match {
      protocol  = "tcp"
      addresses = ["192.0.2.10"]
      ports     = [8080]
    }

    match {
      protocol  = "udp"
      addresses = ["192.0.2.10"]
      ports     = ["any"]
    }
  }

  scheduler = "rr"
  pool      = pool.web
}
