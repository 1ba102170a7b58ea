# Imported from ipvsadm-save on lb1.
#
# Not in the dump: thresholds, timeouts, sync daemons.

vip "web" {
  addresses = ["192.0.2.10"]
}

pool "web" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
    weight  = 3
  }
}

service "web" {
  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80, 443]
  }

  scheduler = "wlc"
  pool      = pool.web
}
