variable "a" {
  type = strin
}

variable "b" {
  type = map
}
