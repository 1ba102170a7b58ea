# Imported from ipvsadm's rules in <stdin> by lvsform devel.
#
# <stdin>: thresholds are not shown and assumed to be 0: ipvsadm -Ln --thresholds shows them
#
# <stdin>: connection timeouts are not shown: ipvsadm -Ln --timeout shows them
#
# <stdin>: no sync daemon is shown: ipvsadm -Ln --daemon shows those that run

vip "http" {
  addresses = ["192.0.2.10"]
}

pool "http" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
    weight  = 3
  }
}

service "http" {
  listen "tcp" {
    addresses = vip.http.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.http

  persistence {
    timeout = "10m"
    netmask = 24
  }
}
