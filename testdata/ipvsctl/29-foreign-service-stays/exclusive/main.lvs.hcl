lvsform {
  ownership {
    unmanaged = "destroy"
  }
}
