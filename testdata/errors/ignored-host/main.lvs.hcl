lvsform {
  ownership {
    ignore {
      addresses  = ["192.0.2.0/24"]
      interfaces = ["eth9"]
    }
  }
}

vip "web" {
  addresses = ["192.0.2.10"]
  interface = "eth0"
}

vip "other" {
  addresses = ["198.51.100.1"]
  interface = "eth9"
}

neighbour "a" {
  interface = "eth9"
  address   = "198.51.100.1"
  mac       = "02:00:5e:00:53:01"
}
