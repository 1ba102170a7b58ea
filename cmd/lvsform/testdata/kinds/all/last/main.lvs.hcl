# Nearly every block is gone.
node "here" {
  address = "10.0.0.2"
}

neighbour "client" {
  on        = [node.here]
  interface = "eth0"
  address   = "10.0.0.53"
  mac       = "02:00:5e:00:53:02"
}
