# Two ports as one service: a client that moves from HTTP to HTTPS keeps its server. Something else marks the packets:
#
#   nft add rule inet mangle prerouting ip daddr 192.0.2.70 tcp dport '{ 80, 443 }' meta mark set 21
#   nft add rule inet mangle prerouting ip6 daddr 2001:db8::70 tcp dport '{ 80, 443 }' meta mark set 21

locals {
  mark = 21
}

pool "app" {
  forward = "direct"

  server "app1" {
    address  = "10.0.7.11"
    address6 = "2001:db8:7::11"
  }

  server "app2" {
    address  = "10.0.7.12"
    address6 = "2001:db8:7::12"
  }
}

service "app" {
  for_each = toset(["ipv4", "ipv6"])

  listen "fwmark" {
    mark   = local.mark
    family = each.key
  }

  scheduler       = "sh"
  scheduler_flags = ["sh-fallback"]

  persistence {
    timeout = "10m"
  }

  pool = pool.app
}
