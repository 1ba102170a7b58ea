# Imported from ipvsadm's rules in lb1.rules by lvsform devel.
#
# lb1.rules:2: the name localhost was looked up: it is 127.0.0.1 now
#
# lb1.rules: a dump shows local servers as direct ones (-g), and so they are read: ipvsadm -Ln tells them apart
#
# lb1.rules: thresholds are not shown and assumed to be 0: ipvsadm -Ln --thresholds shows them
#
# lb1.rules: connection timeouts are not shown: ipvsadm -Ln --timeout shows them
#
# lb1.rules: no sync daemon is shown: ipvsadm -Ln --daemon shows those that run

vip "https" {
  addresses = ["192.0.2.10"]
}

pool "https" {
  forward = "direct"

  server "127.0.0.1" {
    address = "127.0.0.1"
  }
}

service "https" {
  listen "tcp" {
    addresses = vip.https.addresses
    ports     = [443]
  }

  scheduler = "wlc"
  pool      = pool.https
}
