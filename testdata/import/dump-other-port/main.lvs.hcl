# Imported from ipvsadm's rules in lb1.rules by lvsform devel.
#
# Left out: tcp 192.0.2.1:80 with 2 servers. Port mapping without masquerading (tcp 192.0.2.1:80 -> 10.0.0.1:8080). Method direct does not rewrite ports, and the kernel ignores this one. The server is there with port 80, too: on the node "ipvsadm -d -t 192.0.2.1:80 -r 10.0.0.1:8080" deletes this one.
#
# Left out: tcp 192.0.2.1:81 with 1 server. Port mapping without masquerading (tcp 192.0.2.1:81 -> 10.0.0.1:8081). Method tunnel does not rewrite ports, and the kernel ignores this one. On the node "ipvsadm -a -t 192.0.2.1:81 -r 10.0.0.1:81 -i -w 1 --tun-type ipip" adds the server with port 81, and "ipvsadm -d -t 192.0.2.1:81 -r 10.0.0.1:8081" deletes this one.
#
# What is left out stays as it is: lvsform does not touch services that no configuration declares.
#
# lb1.rules:3: a server that is not masqueraded has another port than its service. ipvsadm -S writes such a line for what a kernel holds, and so it is read. If a person wrote it for ipvsadm -R, which gives the server its service's port: write that port (and line 5)
#
# lb1.rules: a dump has no thresholds, timeouts and sync daemons, and shows local servers as direct ones: (ipvsadm -Sn; ipvsadm -Ln; ipvsadm -Ln --thresholds; ipvsadm -Ln --timeout; ipvsadm -Ln --daemon) has all of it

vip "https" {
  addresses = ["192.0.2.1"]
}

pool "https" {
  forward = "direct"

  server "10.0.0.1" {
    address = "10.0.0.1"
  }
}

service "https" {
  listen "tcp" {
    addresses = vip.https.addresses
    ports     = [443]
  }

  scheduler = "rr"
  pool      = pool.https
}
