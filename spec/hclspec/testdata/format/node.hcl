vip "postgres" {
  addresses = ["192.0.2.10"]
}

pool "postgres" {
  forward = "local"

  server "10.0.0.41" {
    address = "10.0.0.41"
  }
}

service "postgres" {
  listen "tcp" {
    addresses = vip.postgres.addresses
    ports     = [5432]
  }

  scheduler = "lc"
  pool      = pool.postgres
}

timeouts {
  tcp     = "15m"
  tcp_fin = "2m"
  udp     = "45s"
}

sync_daemon "master" {
  state     = "master"
  interface = "bond1"
  sync_id   = 10
  max_len   = 1472
  group     = "224.0.0.81"
  port      = 8848
  ttl       = 1
}

sync_daemon "backup" {
  state     = "backup"
  interface = "bond1"
  sync_id   = 10
}
