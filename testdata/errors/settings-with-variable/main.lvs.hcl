variable "limit" {
  default = 3
}

lvsform {
  max_destroy = var.limit
}
