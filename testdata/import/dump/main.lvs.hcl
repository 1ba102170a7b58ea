# Imported from ipvsadm's rules in lb1.rules by lvsform devel.
#
# lb1.rules: a dump has no thresholds, timeouts and sync daemons, and shows local servers as direct ones: (ipvsadm -Sn; ipvsadm -Ln; ipvsadm -Ln --thresholds; ipvsadm -Ln --timeout; ipvsadm -Ln --daemon) has all of it

vip "web" {
  addresses = ["192.0.2.10"]
}

vip "sip" {
  addresses = ["192.0.2.20"]
}

vip "dns" {
  addresses = ["192.0.2.53"]
}

vip "http-ipv6" {
  addresses = ["2001:db8::10"]
}

pool "web" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
    weight  = 3
  }
}

service "web" {
  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80, 443]
  }

  scheduler = "wlc"
  pool      = pool.web
}

pool "sip" {
  forward = "masquerade"

  server "10.0.0.20" {
    address = "10.0.0.20"
  }
}

service "sip" {
  listen "udp" {
    addresses = vip.sip.addresses
    ports     = [5060]
  }

  scheduler = "rr"
  pool      = pool.sip

  persistence {
    timeout = "5m"
    netmask = 24
    engine  = "sip"
  }
}

pool "dns" {
  forward = "direct"

  server "10.0.0.53" {
    address = "10.0.0.53"
  }
}

service "dns" {
  listen "udp" {
    addresses  = vip.dns.addresses
    ports      = [53]
    one_packet = true
  }

  scheduler = "rr"
  pool      = pool.dns
}

pool "http-ipv6" {
  forward = "tunnel"

  tunnel {
    type     = "gue"
    port     = 6080
    checksum = "remote"
  }

  server "2001:db8:1::11" {
    address6 = "2001:db8:1::11"
  }
}

service "http-ipv6" {
  listen "tcp" {
    addresses = vip.http-ipv6.addresses
    ports     = [80]
  }

  scheduler       = "mh"
  scheduler_flags = ["mh-fallback", "mh-port"]
  pool            = pool.http-ipv6
}

pool "fwmark-7" {
  forward = "masquerade"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }
}

service "fwmark-7" {
  listen "fwmark" {
    mark = 7
  }

  scheduler = "rr"
  pool      = pool.fwmark-7

  persistence {
    timeout = "6m"
  }
}
