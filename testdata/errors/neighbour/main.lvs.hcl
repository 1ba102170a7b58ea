neighbour "a" {
  interface = "eth0"
  address   = "192.0.2.53"
  mac       = "02:00:5e:00:53"
}

neighbour "b" {
  interface = "an-interface-of-many-letters"
  address   = "224.0.0.1"
  mac       = "02:00:5e:00:53:01:02:03"
}
