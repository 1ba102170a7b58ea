# Imported from keepalived's configuration in keepalived.conf by lvsform devel.
#
# net_namespace red: the table is that of another network namespace: use --netns red (keepalived.conf:1)

vip "http" {
  addresses = ["192.0.2.10"]
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
