pool "web" {
  server "rs1" {
    weight = 3
  }
}

service "web" {
  listen "tcp" {
    ports = [80]
  }
}
