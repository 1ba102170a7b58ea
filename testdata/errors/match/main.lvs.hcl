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
  listen "tcp" {
    addresses = ["192.0.2.11"]
    ports     = [80]

    match {
      protocol  = "tcp"
      addresses = ["192.0.2.11"]
      ports     = [80]
    }
  }

  listen "fwmark" {
    match {
      protocol  = "tcp"
      addresses = ["192.0.2.11"]
      ports     = [80]
    }
  }

  listen "fwmark" {
    mark = 23

    match {
      protocol  = "icmp"
      addresses = ["2001:db8::10", "224.0.0.1", "nonsense"]
      ports     = [0]
    }

    match {
      protocol = "tcp"
    }
  }

  scheduler = "rr"
  pool      = pool.web
}
