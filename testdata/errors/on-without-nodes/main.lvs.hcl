role "director" {}

sysctl "director" {
  on = [role.director]

  values = {
    "net.ipv4.ip_forward" = 1
  }
}
