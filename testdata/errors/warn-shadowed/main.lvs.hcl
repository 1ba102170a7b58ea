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

service "shadowed" {
  listen "tcp" {
    addresses = ["192.0.2.10"]
    ports     = [8080, 443]
  }

  scheduler = "rr"
  pool      = pool.web
}
