# Imported from the snapshot lb1.snapshot of lb1 (driver netlink, Linux 6.1.0-38-amd64), taken at 2026-01-02T03:04:05Z, by lvsform devel.
#
# Left out: tcp 192.0.2.11:80. It belongs to instance "green".
#
# What is left out stays as it is: lvsform does not touch services that no configuration declares.

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
