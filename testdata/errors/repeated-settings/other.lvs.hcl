lvsform {
  max_destroy = 1
}
