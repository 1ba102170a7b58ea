node "lb1" {
  match = ["lb1", "lb1.example.net", "lb*", ""]
}

node "lb2" {
  match = ["lb2 lb2.example.net"]
}
