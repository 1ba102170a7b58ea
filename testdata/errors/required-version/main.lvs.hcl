lvsform {
  required_version = ">= 0.2.0, < 2"
}

frobnicate "all" {
}
