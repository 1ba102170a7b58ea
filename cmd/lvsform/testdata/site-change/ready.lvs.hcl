# The servers are ready for both ways.
real_server "either" {
  on        = [role.server]
  services  = [service.either]
  interface = "lo"
  arp       = "sysctl"
}
