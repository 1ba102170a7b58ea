# What needs nftables, beside the files of the directory site.
vip "rules" {
  on        = [node.dir1]
  addresses = ["10.0.0.60", "fd00::60"]
  interface = "eth0"

  announce {
    count = 1
  }
}
