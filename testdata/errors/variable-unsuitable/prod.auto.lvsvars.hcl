servers = {
  rs1 = { weight = 3 }
}
