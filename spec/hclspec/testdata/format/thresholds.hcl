vip "mysql" {
  addresses = ["192.0.2.33"]
}

pool "mysql" {
  forward = "direct"

  server "10.0.3.11" {
    address         = "10.0.3.11"
    upper_threshold = 20000
    lower_threshold = 15000
  }

  server "10.0.3.12" {
    address = "10.0.3.12"
    weight  = 0
  }

  server "10.0.3.13" {
    address         = "10.0.3.13"
    upper_threshold = 20000
    lower_threshold = 15000
  }
}

service "mysql" {
  listen "tcp" {
    addresses = vip.mysql.addresses
    ports     = [3306, 33060]
  }

  scheduler = "lc"
  pool      = pool.mysql
}
