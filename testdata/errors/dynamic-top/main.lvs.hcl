dynamic "pool" {
  for_each = ["a"]
  content {
  }
}
