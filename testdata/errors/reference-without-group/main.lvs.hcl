variable "servers" {
  default = {}
}

pool "web" {
  for_each = servers
  forward  = "direct"
}
