#!/bin/sh
VIP=192.0.2.10
ipvsadm -A -t $VIP:80
for rs in 10.0.0.11 10.0.0.12; do
	ipvsadm -a -t $VIP:80 -r $rs
done
