tenants = {
  acme     = { host_number = 1, ports = [80, 443] }
  globex   = { host_number = 2 }
  initech  = { host_number = 3, servers = { tps1 = "10.1.3.11" } }
  hooli    = { host_number = 4, ports = [443, 8443] }
  umbrella = { host_number = 5, enabled = false }
}
