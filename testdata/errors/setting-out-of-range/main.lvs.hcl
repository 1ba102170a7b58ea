sysctl "director" {
  values = {
    "net.ipv4.vs.drop_entry"       = 7
    "net.ipv4.vs.sync_ports"       = 3
    "net.ipv4.vs.sync_threshold"   = "50 3"
    "net.ipv4.conf.eth0.rp_filter" = "loose"
  }
}
