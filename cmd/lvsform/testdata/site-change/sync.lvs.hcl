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
