reigon = "us"
