vip "web" {
  addresses = [timestamp()]
}
