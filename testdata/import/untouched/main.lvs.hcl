# Imported from the live node lb1 (driver file, Linux 6.1.0) by lvsform devel.
