pool "web" {
  forward = 
}
