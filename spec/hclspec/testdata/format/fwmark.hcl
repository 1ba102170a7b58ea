pool "fwmark-21" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
    weight  = 3
  }
}

service "fwmark-21" {
  listen "fwmark" {
    mark = 21
  }

  scheduler       = "sh"
  scheduler_flags = ["sh-fallback"]
  pool            = pool.fwmark-21

  persistence {
    timeout = "10m"
  }
}

pool "fwmark-21-ipv6" {
  forward = "direct"

  server "2001:db8:1::11" {
    address6 = "2001:db8:1::11"
  }

  server "2001:db8:1::12" {
    address6 = "2001:db8:1::12"
    weight   = 3
  }
}

service "fwmark-21-ipv6" {
  listen "fwmark" {
    mark   = 21
    family = "ipv6"
  }

  scheduler       = "sh"
  scheduler_flags = ["sh-fallback"]
  pool            = pool.fwmark-21-ipv6

  persistence {
    timeout = "10m"
  }
}

service "fwmark-22" {
  listen "fwmark" {
    mark = 22
  }

  scheduler = "rr"
  pool      = pool.fwmark-21
}
