# One address, one port, two web servers by direct routing.

vip "web" {
  addresses = ["192.0.2.10"]
}

pool "web" {
  forward = "direct" # servers answer clients themselves, with the address of the VIP

  server "rs1" {
    address = "10.0.0.11"
  }

  server "rs2" {
    address = "10.0.0.12"
    weight  = 3 # three times as many connections as rs1
  }
}

service "web" {
  listen "tcp" {
    addresses = vip.web.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.web
}
