vip "web" {
  addresses = ["192.0.2.10"]
}

vip "kubernetes" {
  addresses = ["192.0.2.11"]
}

pool "web" {
  # There is no server yet: this stands for nothing.
  forward = "direct"
}

service "web" {
  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80, 443]
  }

  scheduler = "wlc"
  pool      = pool.web
}

pool "kubernetes" {
  # There is no server yet: this stands for nothing.
  forward = "direct"
}

service "kubernetes" {
  listen "tcp" {
    addresses = vip.kubernetes.addresses
    ports     = [6443]
  }

  scheduler = "wlc"
  pool      = pool.kubernetes
}
