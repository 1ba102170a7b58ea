web_servers = {
  web1 = { address = "10.0.1.11" }
  web2 = { address = "10.0.1.12" }
  web3 = { address = "10.0.1.13", weight = 2 }
}
