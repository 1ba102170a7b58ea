# Imported from keepalived's configuration in keepalived.conf, virtual_servers/web.conf by lvsform devel.
#
# Left out: lvs_sync_daemon eth0: the role of the sync daemon follows the vrrp_instance VI_1 (keepalived.conf:5)
#
# Left out: sorry_server 10.0.0.99 80: it comes into the table when too few real servers are up (virtual_servers/web.conf:8)
#
# Left out: notification of global_defs: router_id (keepalived.conf:3)
#
# Left out: VRRP settings of vrrp_instance VI_1: state, virtual_router_id, priority (keepalived.conf:9)
#
# Left out: health checks of virtual_server 192.0.2.10 80: delay_loop, TCP_CHECK (virtual_servers/web.conf:2)

# keepalived.conf:8, on eth0, 192.0.2.10/24
vip "VI_1" {
  addresses = ["192.0.2.10"]
}

# keepalived.conf:15, on eth1, 192.0.2.11/24
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
