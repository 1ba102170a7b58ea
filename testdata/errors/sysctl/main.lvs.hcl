sysctl "names" {
  values = {
    "/etc/passwd"              = 1
    "net..ip_forward"          = 1
    "net.ipv4./../ip_forward"  = 1
    "net.ipv4.conf.//.rp_filter" = 1
    "net/ipv4/ip_forward"      = 1
    "ip_forward"               = 1
    "net.ipv4.ip forward"      = 1
    "net.ipv4.vs.drop_entry"   = 2
    "net.ipv4.vs.sync_threshold" = "3\n50"
    "net.ipv4.vs.amemthresh"   = ""
    "net.ipv4.vs.backup_only"  = [1]
    "net.ipv4.vs.sync_ports"   = "two"
    "net.ipv4.ip_forward"      = "yes"
    "net.ipv4.vs.cache_bypass" = null
  }
}

sysctl "list" {
  values = ["net.ipv4.ip_forward"]
}
