vip "vip-192-0-2-40" {
  addresses = ["192.0.2.40"]
}

pool "tcp-2222" {
  forward = "masquerade"

  server "10.0.0.11" {
    address = "10.0.0.11"
    port    = 22
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
  }
}

service "tcp-2222" {
  listen "tcp" {
    addresses = vip.vip-192-0-2-40.addresses
    ports     = [2222]
  }

  scheduler = "rr"
  pool      = pool.tcp-2222
}

pool "tcp-8080" {
  forward = "masquerade"
  port    = 8081

  server "10.0.0.11:8081" {
    address = "10.0.0.11"
  }

  server "10.0.0.11:8082" {
    address = "10.0.0.11"
    port    = 8082
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
    weight  = 2
  }

  server "10.0.0.13" {
    address = "10.0.0.13"
  }
}

service "tcp-8080" {
  listen "tcp" {
    addresses = vip.vip-192-0-2-40.addresses
    ports     = [8080]
  }

  scheduler = "rr"
  pool      = pool.tcp-8080
}
