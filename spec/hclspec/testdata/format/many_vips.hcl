vip "https" {
  addresses = [
    "192.0.2.20",
    "192.0.2.21",
    "192.0.2.22",
    "192.0.2.23",
    "192.0.2.24",
    "192.0.2.25",
    "192.0.2.26",
    "192.0.2.27",
    "192.0.2.28",
    "192.0.2.29",
    "192.0.2.30",
    "192.0.2.31",
  ]
}

pool "https" {
  forward = "masquerade"
  port    = 8443

  server "10.0.0.11" {
    address = "10.0.0.11"
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
  }
}

service "https" {
  listen "tcp" {
    addresses = vip.https.addresses
    ports     = [443]
  }

  scheduler       = "mh"
  scheduler_flags = ["mh-port"]
  pool            = pool.https
}
