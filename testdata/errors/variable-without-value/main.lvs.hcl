variable "web_servers" {
  type = map(string)
}
