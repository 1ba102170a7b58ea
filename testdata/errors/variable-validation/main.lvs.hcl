variable "state" {
  default = "enabld"

  validation {
    condition     = contains(["enabled", "drain"], var.state)
    error_message = "The state must be enabled or drain."
  }

  validation {
    condition     = length(var.state) > 6
    error_message = "The state must be long."
  }
}
