pool "web.tier" {
  forward = "direct"
}

locals {
}

vip "1st" {
  addresses = []
}
