locals {
  n = 1 + "x"
}
