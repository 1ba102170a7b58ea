vip "web" {
  addresses = ["192.0.2.10"]
  interface = "all"
}

link "default" {
  kind = "dummy"
}

link "second" {
  kind = "dummy"
  name = "any%d"
}
