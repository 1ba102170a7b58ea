sync_daemon "master" {
  on        = [role.director]
  state     = "master"
  interface = "eth1"
  sync_id   = 7
}

sync_daemon "backup" {
  on        = [role.director]
  state     = "backup"
  interface = "eth1"
  sync_id   = 7
}

# What a client sends meanwhile belongs to a connection that the other director has not heard of: it takes it on, and "mh"
# with the port chooses the same server.
sysctl "sync" {
  on = [role.director]

  values = {
    "net.ipv4.vs.sloppy_tcp" = 1
  }
}
