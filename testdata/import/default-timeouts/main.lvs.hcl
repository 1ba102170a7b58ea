# Imported from ipvsadm's rules in lb1.listing by lvsform devel.
#
# lb1.listing: no sync daemon is shown: none runs, if what ipvsadm -Ln --daemon prints is part of it

vip "http" {
  addresses = ["192.0.2.10"]
}

pool "http" {
  # There is no server yet: this stands for nothing.
  forward = "direct"
}

service "http" {
  listen "tcp" {
    addresses = vip.http.addresses
    ports     = [80]
  }

  scheduler = "wlc"
  pool      = pool.http
}
