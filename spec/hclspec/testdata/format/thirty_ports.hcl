vip "vip-192-0-2-10" {
  addresses = ["192.0.2.10"]
}

pool "tcp-7001" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
    weight  = 3
  }
}

service "tcp-7001" {
  listen "tcp" {
    addresses = vip.vip-192-0-2-10.addresses
    ports = [
      7001, 7138, 7275, 7412, 7549, 7686, 7823, 7960, 8097, 8234, 8371, 8508, 8645, 8782, 8919, 9056, 9193,
      9330, 9467, 9604, 9741, 9878, 10015, 10152, 10289, 10426, 10563, 10700, 10837, 10974,
    ]
  }

  scheduler = "rr"
  pool      = pool.tcp-7001
}
