vip "here" {
  addresses = ["192.0.2.53"]
  interface = "eth0"
}

neighbour "here" {
  interface = "eth0"
  address   = "192.0.2.53"
  mac       = "02:00:5e:00:53:01"
}

neighbour "elsewhere" {
  interface = "dummy1"
  address   = "192.0.2.53"
  mac       = "02:00:5e:00:53:01"
}

link "dummy1" {
  kind = "dummy"
}
