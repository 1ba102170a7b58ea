service "web" {
