#!/bin/sh
# The web servers.
set -e
/sbin/ipvsadm -C
/sbin/ipvsadm --set 900 60 300
/sbin/ipvsadm -A -t 192.0.2.10:80
/sbin/ipvsadm -a -t 192.0.2.10:80 -r 10.0.0.11 -w 2
/sbin/ipvsadm -a -t 192.0.2.10:80 -r 10.0.0.12 # the small one
/sbin/ipvsadm -a -t 192.0.2.10:80 -r 10.0.0.13
/sbin/ipvsadm -d -t 192.0.2.10:80 -r 10.0.0.13
