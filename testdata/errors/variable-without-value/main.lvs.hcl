variable "web_servers" {
  type = map(string)
}

variable "servers" {
  type = map(string)
}

pool "web" {
  forward = "direct"

  dynamic "server" {
    for_each = var.servers
    labels   = [server.key]

    content {
      address = server.value
    }
  }
}
