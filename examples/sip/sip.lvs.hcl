# SIP over UDP: all packets of one call reach the same server, whichever proxy they come from.

pool "sip" {
  forward = "masquerade"

  server "sip1" {
    address = "10.0.5.11"
  }

  server "sip2" {
    address = "10.0.5.12"
  }
}

service "sip" {
  listen "udp" {
    addresses = ["192.0.2.60"]
    ports     = [5060]
  }

  scheduler = "rr"

  persistence {
    timeout = "5m"
    engine  = "sip" # by Call-ID
  }

  pool = pool.sip
}

service "diameter" {
  listen "sctp" {
    addresses = ["192.0.2.60"]
    ports     = [3868]
  }

  scheduler = "lc"
  pool      = pool.sip
}
