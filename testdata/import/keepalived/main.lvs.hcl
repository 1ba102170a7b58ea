# Imported from keepalived's configuration in keepalived.conf, virtual_servers/web.conf by lvsform devel.
#
# Left out: global_defs: notification: router_id (keepalived.conf:3)
#
# Left out: lvs_sync_daemon eth0 VI_1 id 3: the role of the sync daemon follows the vrrp_instance VI_1 (keepalived.conf:5)
#
# Left out: vrrp_instance VI_1: VRRP, which decides where the addresses are: state, virtual_router_id, priority (keepalived.conf:9)
#
# Left out: virtual_server 192.0.2.10 80: health checks: delay_loop, TCP_CHECK (2) (virtual_servers/web.conf:2)
#
# Left out: sorry_server 10.0.0.99 80: it comes into the table when too few real servers are up (virtual_servers/web.conf:8)

# keepalived.conf:8, on eth0
vip "VI_1" {
  addresses = ["192.0.2.10"]
}

# keepalived.conf:15, on eth1
vip "VI_1-eth1" {
  addresses = ["192.0.2.11"]
}

pool "http" {
  forward = "direct"

  server "10.0.0.11" {
    address = "10.0.0.11"
  }

  server "10.0.0.12" {
    address = "10.0.0.12"
    weight  = 3
  }
}

service "http" {
  listen "tcp" {
    addresses = vip.VI_1.addresses
    ports     = [80]
  }

  scheduler = "wrr"
  pool      = pool.http

  persistence {
    timeout = "50s"
  }
}

timeouts {
  tcp     = "15m"
  tcp_fin = "1m"
  udp     = "5m"
}
