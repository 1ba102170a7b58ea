# Imported from keepalived's configuration in keepalived.conf by lvsform devel.
#
# Left out: tcp 192.0.2.11:80 with 1 server. Netmask with holes. 0.0.0.24 is not a prefix: 255.255.255.0 is what was probably meant.
#
# Left out: 192.0.2.10/24 of B: the vip of A has it already (keepalived.conf:11, 1)
#
# Left out: 192.0.2.12/32 of C: the vip of A has it already (keepalived.conf:20, 1)
#
# What is left out stays as it is: lvsform does not touch services that no configuration declares.
#
# Left out: VRRP settings of 3 vrrp instances: virtual_router_id (keepalived.conf:3, 13, 22)

# keepalived.conf:1, on eth0, 192.0.2.10/24, 192.0.2.11/24
vip "A-other" {
  addresses = ["192.0.2.10", "192.0.2.11"]
}

# keepalived.conf:1, on eth0
vip "A" {
  addresses = ["192.0.2.12"]
}

# keepalived.conf:11, on eth1, 192.0.2.13/25
vip "B" {
  addresses = ["192.0.2.13"]
}

pool "http" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }
}

service "http" {
  listen "tcp" {
    addresses = vip.A.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.http
}
