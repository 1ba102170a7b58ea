vip "web" {
  addresses = ["192.0.2.10"]
}

vip "https" {
  addresses = ["192.0.2.11"]
}

vip "https-ipv6" {
  addresses = ["2001:db8::11"]
}

pool "http" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
    weight  = 3
  }
}

service "http" {
  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.http

  persistence {
    timeout = "6m"
  }
}

service "https-192-0-2-10" {
  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [443]
  }

  scheduler = "wlc"
  pool      = pool.http

  persistence {
    timeout = "90s"
  }
}

service "https-192-0-2-11" {
  listen "tcp" {
    addresses = vip.https.addresses
    ports     = [443]
  }

  scheduler = "wlc"
  pool      = pool.http

  persistence {
    netmask = 24
  }
}

pool "https-ipv6" {
  forward = "direct"

  server "2001:db8:1::11" {
    address6 = "2001:db8:1::11"
  }

  server "2001:db8:1::12" {
    address6 = "2001:db8:1::12"
    weight   = 3
  }
}

service "https-ipv6" {
  listen "tcp" {
    addresses = vip.https-ipv6.addresses
    ports     = [443]
  }

  scheduler = "wlc"
  pool      = pool.https-ipv6

  persistence {
    timeout  = "2h"
    netmask6 = 64
  }
}
