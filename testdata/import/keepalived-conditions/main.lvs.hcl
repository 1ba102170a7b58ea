# Imported from keepalived's configuration in keepalived.conf by lvsform devel.
#
# Left out: @lb1: the line is read only on a node with that configuration id (keepalived.conf:1)
#
# Left out: @lb2: the line is read only on a node with that configuration id (keepalived.conf:2)
#
# @^lb1: the line is read, as on a node with another configuration id (keepalived.conf:3)
#
# Lines behind @ are for the node with that configuration id, which is its host name if keepalived is told no other: --keepalived-id says which one it is.

vip "http" {
  addresses = ["192.0.2.12"]
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
