variable "s" {
  default   = { a = 1 }
  sensitive = true
}

vip "x" {
  for_each  = var.s
  addresses = ["192.0.2.20"]
}
