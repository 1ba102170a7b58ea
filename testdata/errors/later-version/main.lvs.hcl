lvsform {
  confirm {
    timeout = "2m"
  }
}
