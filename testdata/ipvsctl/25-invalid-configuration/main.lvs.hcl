service "web" {
  listen "tcp" {
