sysctl "director" {
  values = {
    "net.ipv4.ip_forward" = 1
  }
}
