secret = "hunter2"
