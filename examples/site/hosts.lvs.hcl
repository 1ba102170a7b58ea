# ---- real servers: the VIPs, kept quiet, and what receives tunnels

real_server "web" {
  on        = [role.web]
  services  = [service.web]
  interface = "lo"
  arp       = "sysctl"
}

real_server "dns" {
  on        = [role.resolver]
  services  = [service.dns]
  interface = "tunl0"
  arp       = "sysctl"
}

# ---- directors

sysctl "director" {
  on = [role.director]

  values = {
    "net.ipv4.ip_forward"                   = 1
    "net.ipv4.vs.expire_nodest_conn"        = 1
    "net.ipv4.vs.expire_quiescent_template" = 1
  }
}

timeouts {
  on  = [role.director]
  tcp = "15m"
}

sync_daemon "sync" {
  for_each  = toset(["master", "backup"])
  on        = [role.director]
  state     = each.key
  interface = target.vars.sync_interface
  sync_id   = 10
}
