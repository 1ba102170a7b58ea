pool "a" {
  forward = pool.b.forward
}

pool "b" {
  forward = "direct"
}
