pool "web" "two" {
  forward = "direct"
}

timeouts "all" {
}
