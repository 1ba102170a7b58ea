pool "diameter" {
  forward = "masquerade"

  server "rs1" {
    address = "10.0.0.11"
  }
}

service "diameter" {
  listen "sctp" {
    addresses = ["192.0.2.10"]
    ports     = [3868]
  }

  scheduler = "lc"
  pool      = pool.diameter
}
