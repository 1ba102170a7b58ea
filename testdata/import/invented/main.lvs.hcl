# Imported from ipvsadm's rules in ipvs.sh by lvsform devel.
#
# ipvs.sh:1: --set 0 0 0 sets nothing

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

  scheduler = "rr"
  pool      = pool.http
}
