address = "192.0.2.7"
