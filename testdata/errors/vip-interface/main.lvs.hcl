vip "web" {
  addresses = ["224.0.0.1", "0.0.0.0", "::ffff:192.0.2.1"]
  interface = "eth0"
}

vip "other" {
  addresses = ["198.51.100.1"]
  interface = "eth0:1"
}
