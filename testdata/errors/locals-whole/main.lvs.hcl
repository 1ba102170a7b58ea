locals {
  a = "direct"
  b = local["a"]
  c = length(local)
}

pool "p" {
  forward = local.b

  server "a" {
    address = "10.0.0.1"
  }
}
