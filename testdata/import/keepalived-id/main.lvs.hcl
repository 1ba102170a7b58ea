# Imported from keepalived's configuration in keepalived.conf by lvsform devel.
#
# Left out: @lb2: the line is for nodes with another configuration id (keepalived.conf:2)
#
# Left out: @^lb1: the line is for nodes with another configuration id (keepalived.conf:3)

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
