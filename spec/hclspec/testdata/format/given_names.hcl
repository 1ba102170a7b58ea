# One line
# and another
# # of a comment
#
#  [1m} vip "x" {  ${y}
# ends here

vip "http" {
  addresses = ["192.0.2.10"]
}

# held by VRRP
# }
vip "web" {
  addresses = ["192.0.2.11"]
}

vip "http-192-0-2-10" {
  addresses = ["192.0.2.12"]
}

vip "Z-rich-edge-1-http" {
  addresses = ["192.0.2.13"]
}

vip "Z-rich-edge-1-web" {
  addresses = ["192.0.2.14"]
}

vip "edge-192-0-2-15" {
  addresses = ["192.0.2.15"]
}

vip "pair-http" {
  addresses = ["192.0.2.16"]
}

vip "pair-other" {
  addresses = ["192.0.2.17"]
}

# no name
vip "vip-198-51-100-7" {
  addresses = ["198.51.100.7"]
}

vip "edge-2001-db8--15" {
  addresses = ["2001:db8::15"]
}

vip "pair-https" {
  addresses = ["2001:db8::16"]
}

pool "http-192-0-2-10" {
  forward = "direct"

  server "10.0.0.10" {
    address = "10.0.0.10"
  }
}

service "http-192-0-2-10" {
  listen "tcp" {
    addresses = vip.http.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.http-192-0-2-10
}

pool "web-http" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }
}

service "web-http" {
  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web-http
}

pool "http-192-0-2-10-http" {
  forward = "direct"

  server "10.0.0.12" {
    address = "10.0.0.12"
  }
}

service "http-192-0-2-10-http" {
  listen "tcp" {
    addresses = vip.http-192-0-2-10.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.http-192-0-2-10-http
}

pool "Z-rich-edge-1-http" {
  forward = "direct"

  server "10.0.0.13" {
    address = "10.0.0.13"
  }
}

service "Z-rich-edge-1-http" {
  listen "tcp" {
    addresses = vip.Z-rich-edge-1-http.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.Z-rich-edge-1-http
}

pool "Z-rich-edge-1-web-http" {
  forward = "direct"

  server "10.0.0.14" {
    address = "10.0.0.14"
  }
}

service "Z-rich-edge-1-web-http" {
  listen "tcp" {
    addresses = vip.Z-rich-edge-1-web.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.Z-rich-edge-1-web-http
}

pool "https" {
  forward = "direct"

  server "10.0.0.99" {
    address = "10.0.0.99"
  }
}

service "https" {
  listen "tcp" {
    addresses = vip.Z-rich-edge-1-web.addresses
    ports     = [443]
  }

  scheduler = "wlc"
  pool      = pool.https
}

pool "edge-192-0-2-15-http" {
  forward = "direct"

  server "10.0.0.15" {
    address = "10.0.0.15"
  }
}

service "edge-192-0-2-15-http" {
  listen "tcp" {
    addresses = vip.edge-192-0-2-15.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.edge-192-0-2-15-http
}

pool "pair-http" {
  forward = "direct"

  server "10.0.0.16" {
    address = "10.0.0.16"
  }
}

service "pair-http" {
  listen "tcp" {
    addresses = vip.pair-http.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.pair-http
}

pool "http-ipv6" {
  forward = "direct"

  server "2001:db8:1::11" {
    address6 = "2001:db8:1::11"
  }

  server "2001:db8:1::12" {
    address6 = "2001:db8:1::12"
    weight   = 3
  }
}

service "http-ipv6" {
  listen "tcp" {
    addresses = vip.edge-2001-db8--15.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.http-ipv6
}

service "https-ipv6" {
  listen "tcp" {
    addresses = vip.pair-https.addresses
    ports     = [443]
  }

  scheduler = "wlc"
  pool      = pool.http-ipv6
}
