vip "web" {
  addresses = ["192.0.2.10"] # überäll
}
ÿþ
