vip "nat" {
  on        = [node.dir1]
  addresses = ["10.0.0.20", "fd00::20"]
  interface = "eth0"

  announce {
    count = 1
  }
}

service "nat" {
  on = [node.dir1]

  listen "tcp" {
    addresses = vip.nat.addresses
    ports     = [80]
  }

  listen "udp" {
    addresses = vip.nat.addresses
    ports     = [53]
  }

  scheduler = "rr"
  pool      = pool.back
}

pool "mapped" { # masquerading alone can change the port
  forward = "masquerade"
  port    = 8080

  server "rs1" {
    address = "10.1.0.11"
  }

  server "rs2" {
    address = "10.1.0.12"
    weight  = 3
  }
}

service "mapped" {
  on = [node.dir1]

  listen "tcp" {
    addresses = [vip.nat.ipv4]
    ports     = [8000]
  }

  scheduler = "wrr"
  pool      = pool.mapped
}

# A client, and its neighbours of the same /29 or /125, keep their server.
service "sticky" {
  on = [node.dir1]

  listen "tcp" {
    addresses = vip.nat.addresses
    ports     = [81]
  }

  scheduler = "rr"

  persistence {
    timeout  = "1m"
    netmask  = 29
    netmask6 = 125
  }

  pool = pool.back
}

module "ftp" {
  on   = [node.dir1]
  name = "ip_vs_ftp"
}

service "ftp" {
  on = [node.dir1]

  listen "tcp" {
    addresses = [vip.nat.ipv4]
    ports     = [21]
  }

  scheduler = "rr"
  pool      = pool.back
}

pool "self" {
  forward = "local"

  server "director" {
    address = target.address
  }
}

service "status" { # the director answers by itself
  on = [node.dir1]

  listen "tcp" {
    addresses = [vip.nat.ipv4]
    ports     = [8081]
  }

  scheduler = "rr"
  pool      = pool.self
}
