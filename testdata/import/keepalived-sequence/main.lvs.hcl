# Imported from keepalived's configuration in keepalived.conf by lvsform devel.

vip "http" {
  addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
}

pool "http" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }
}

service "http" {
  listen "tcp" {
    addresses = vip.http.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.http
}
