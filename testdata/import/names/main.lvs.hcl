# Imported from ipvsadm's rules in lb1.rules by lvsform devel.
#
# lb1.rules: a dump has no thresholds, timeouts and sync daemons, and shows local servers as direct ones: (ipvsadm -Sn; ipvsadm -Ln; ipvsadm -Ln --thresholds; ipvsadm -Ln --timeout; ipvsadm -Ln --daemon) has all of it
#
# lb1.rules: names taken from /etc/services: https 443
#
# lb1.rules: names of hosts that were looked up, and what they are now: localhost 127.0.0.1

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
