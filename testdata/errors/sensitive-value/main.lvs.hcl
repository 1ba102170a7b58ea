variable "secret" {
  type      = string
  sensitive = true

  validation {
    condition     = length(var.secret) > 20
    error_message = "The secret is too short."
  }
}

vip "web" {
  addresses = [cidrhost(var.secret, 1)]
}
