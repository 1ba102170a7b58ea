# Nothing at all.
node "here" {
  address = "10.0.0.2"
}
