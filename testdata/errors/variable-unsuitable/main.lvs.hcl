variable "servers" {
  type = map(object({
    address = string
    weight  = optional(number, 1)
  }))
  default = {
    rs1 = { address = "10.0.0.11", weight = "heavy" }
  }
}
