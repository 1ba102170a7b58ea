pool {
  forward = "direct"
}
