sysctl "director" {
  values = {
    "net.ipv4.ip_forward"         = 0
    "net.ipv4.conf.lo.forwarding" = 1
  }
}
