# Imported from /etc/keepalived/keepalived.conf of lb1.

# vrrp_instance inside on eth1
vip "gateway" {
  addresses = ["10.0.0.1"]
}

# vrrp_instance VI_1 on eth0
vip "VI_1-web" {
  addresses = ["192.0.2.10"]
}

# vrrp_instance VI_1 on eth0
vip "VI_1-smtp" {
  addresses = ["192.0.2.11"]
}

# vrrp_instance VI_1 on eth0
vip "VI_1-other" {
  addresses = ["192.0.2.12"]
}

# vrrp_instance shop on eth0
vip "shop" {
  addresses = ["192.0.2.20", "2001:db8::20"]
}

vip "vip-9-lives" {
  addresses = ["192.0.2.30"]
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

service "VI_1-web" {
  listen "tcp" {
    addresses = vip.VI_1-web.addresses
    ports     = [80, 443]
  }

  scheduler = "wlc"
  pool      = pool.web
}

pool "smtp" {
  forward = "direct"

  server "10.0.0.31" {
    address = "10.0.0.31"
  }
}

service "smtp" {
  listen "tcp" {
    addresses = vip.VI_1-smtp.addresses
    ports     = [25]
  }

  scheduler = "wlc"
  pool      = pool.smtp
}

service "shop-web" {
  listen "tcp" {
    addresses = [vip.shop.ipv4]
    ports     = [80, 443]
  }

  scheduler = "wlc"
  pool      = pool.web
}

service "tcp-8443" {
  listen "tcp" {
    addresses = vip.vip-9-lives.addresses
    ports     = [8443]
  }

  scheduler = "wlc"
  pool      = pool.web
}

pool "web-ipv6" {
  forward = "direct"

  server "2001:db8:1::11" {
    address6 = "2001:db8:1::11"
  }

  server "2001:db8:1::12" {
    address6 = "2001:db8:1::12"
    weight   = 3
  }
}

service "web-ipv6" {
  listen "tcp" {
    addresses = [vip.shop.ipv6]
    ports     = [80, 443]
  }

  scheduler = "wlc"
  pool      = pool.web-ipv6
}
