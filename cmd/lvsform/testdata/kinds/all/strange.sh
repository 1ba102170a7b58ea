# What somebody else does to one object of each kind, after the second configuration was applied.
ipvsadm -E -t 192.0.2.10:80 -s rr
ipvsadm -D -f 21
ipvsadm -e -u 192.0.2.10:53 -r 10.0.0.13 -i -w 9
ipvsadm --set 100 0 0
ipvsadm --stop-daemon master
ipvsadm --start-daemon master --mcast-interface eth0 --syncid 12
ip -batch - <<-END
	address delete 192.0.2.10/32 dev eth1
	address change 2001:db8:10::10/128 dev eth1 nodad preferred_lft forever
	address delete 192.0.2.200/32 dev tunl0
	link set anycast0 up
	link set tunl0 down
	neighbour change 10.0.0.53 lladdr 02:00:5e:00:53:09 dev eth0 nud permanent
	neighbour delete 2001:db8::53 dev eth0
	fou delete port 6081
END
sysctl -qw net.ipv4.vs.sync_threshold='8 80' net.ipv4.vs.secure_tcp=0 net.ipv4.conf.default.rp_filter=2 net.ipv4.conf.eth1.arp_ignore=0
