# Imported from /etc/keepalived/keepalived.conf.

# vrrp_instance VI_1 on eth0
vip "VI_1-web-192-0-2-10" {
  addresses = ["192.0.2.10"]
}

# vrrp_instance VI_1 on eth0
vip "VI_1-web-192-0-2-11" {
  addresses = ["192.0.2.11"]
}

# vrrp_instance VI_1 on eth0
vip "VI_1-192-0-2-12" {
  addresses = ["192.0.2.12"]
}

# vrrp_instance VI_1 on eth0
vip "VI_1-smtp" {
  addresses = ["192.0.2.13"]
}

# vrrp_instance VI_1 on eth0
vip "VI_1-other" {
  addresses = ["192.0.2.14"]
}

vip "mail" {
  addresses = ["192.0.2.25"]
}

pool "VI_1-web-192-0-2-10" {
  forward = "masquerade"

  server "10.0.10.11" {
    address = "10.0.10.11"
  }

  server "10.0.10.12" {
    address = "10.0.10.12"
  }
}

service "VI_1-web-192-0-2-10" {
  listen "tcp" {
    addresses = vip.VI_1-web-192-0-2-10.addresses
    ports     = [80, 443]
  }

  scheduler = "wrr"
  pool      = pool.VI_1-web-192-0-2-10

  persistence {
    timeout = "50s"
  }
}

pool "VI_1-web-192-0-2-11" {
  forward = "masquerade"

  server "10.0.11.11" {
    address = "10.0.11.11"
  }

  server "10.0.11.12" {
    address = "10.0.11.12"
  }
}

service "VI_1-web-192-0-2-11" {
  listen "tcp" {
    addresses = vip.VI_1-web-192-0-2-11.addresses
    ports     = [80, 443]
  }

  scheduler = "wrr"
  pool      = pool.VI_1-web-192-0-2-11

  persistence {
    timeout = "50s"
  }
}

pool "tcp-1358" {
  forward = "masquerade"

  server "192.168.200.200" {
    address = "192.168.200.200"
  }
}

service "tcp-1358" {
  listen "tcp" {
    addresses = vip.VI_1-192-0-2-12.addresses
    ports     = [1358]
  }

  scheduler = "rr"
  pool      = pool.tcp-1358
}

pool "VI_1-smtp" {
  forward = "masquerade"

  server "192.168.200.201" {
    address = "192.168.200.201"
  }
}

service "VI_1-smtp" {
  listen "tcp" {
    addresses = vip.VI_1-smtp.addresses
    ports     = [25]
  }

  scheduler = "rr"
  pool      = pool.VI_1-smtp
}

pool "mail-smtp" {
  forward = "masquerade"

  server "192.168.200.202" {
    address = "192.168.200.202"
  }
}

service "mail-smtp" {
  listen "tcp" {
    addresses = vip.mail.addresses
    ports     = [25]
  }

  scheduler = "rr"
  pool      = pool.mail-smtp
}
