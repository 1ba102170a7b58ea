# One server, which is this machine: it can have a connection that an apply waits for.
vip "web" {
  addresses = ["192.0.2.10"]
  interface = "eth0"

  announce {
    count = 1
  }
}

pool "web" {
  forward = "direct"

  drain {
    timeout = "1m"
  }

  server "rs1" {
    address = "10.0.0.2"
  }
}

service "web" {
  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80]
  }

  scheduler = "rr"
  pool      = pool.web
}
