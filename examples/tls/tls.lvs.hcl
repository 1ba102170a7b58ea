# HTTP and HTTPS over IPv4 and IPv6, a client stays with its server. Health checks set the weights.

lvsform {
  max_destroy = "50%" # never empty a service by mistake
}

vip "shop" {
  addresses = ["192.0.2.20", "2001:db8::20"]
}

pool "shop" {
  forward = "direct"

  server "shop1" {
    address  = "10.0.0.21"
    address6 = "2001:db8:1::21"
    weight   = 100
  }

  server "shop2" {
    address  = "10.0.0.22"
    address6 = "2001:db8:1::22"
    weight   = 100
  }

  server "shop3" {
    address     = "10.0.0.23"
    address6    = "2001:db8:1::23"
    weight      = 100
    maintenance = true # weight 0, whatever a health checker says
  }

  drain {
    timeout = "10m" # downloads may finish before a server goes
  }

  lifecycle {
    ignore_changes = ["weight"] # once a server is there, its weight is the health checker's
  }
}

service "shop" {
  listen "tcp" {
    addresses = vip.shop.addresses
    ports     = [80, 443]
  }

  scheduler = "wlc"

  persistence {
    timeout  = "6m"
    netmask  = 24 # clients behind one proxy farm count as one
    netmask6 = 64
  }

  pool = pool.shop

  lifecycle {
    prevent_destroy = true
  }
}

check "capacity" {
  assert {
    condition     = length([for s in pool.shop.servers : s if !s.maintenance]) >= 2
    error_message = "Fewer than two servers take customers."
  }
}
