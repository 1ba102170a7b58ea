vip "vip-192-0-2-60" {
  addresses = ["192.0.2.60"]
}

pool "sip" {
  forward = "masquerade"

  server "10.1.0.21" {
    address = "10.1.0.21"
  }

  server "10.1.0.22" {
    address = "10.1.0.22"
  }
}

service "sip-tcp" {
  listen "tcp" {
    addresses = vip.vip-192-0-2-60.addresses
    ports     = [5060]
  }

  scheduler = "rr"
  pool      = pool.sip
}

service "sip-udp" {
  listen "udp" {
    addresses = vip.vip-192-0-2-60.addresses
    ports     = [5060]
  }

  scheduler = "rr"
  pool      = pool.sip

  persistence {
    timeout = "5m"
    engine  = "sip"
  }
}

service "diameter" {
  listen "sctp" {
    addresses = vip.vip-192-0-2-60.addresses
    ports     = [3868]
  }

  scheduler = "lc"
  pool      = pool.sip
}
