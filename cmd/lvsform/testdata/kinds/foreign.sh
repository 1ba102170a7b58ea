# What somebody else has on the node, of every kind, before anything is declared.
modprobe -a ipip sit ip_gre ip6_tunnel ip6_gre fou fou6
for link in tunl0 sit0 gre0 ip6tnl0 ip6gre0; do
	ip link set $link up
	ip link set $link down
done

ip -batch - <<-END
	link add eth0 address 02:00:00:00:00:01 type dummy
	link add eth1 address 02:00:00:00:00:02 type dummy
	link add other0 address 02:00:00:00:00:03 type dummy
	link set eth0 up
	link set eth1 up
	address add 10.0.0.2/24 dev eth0
	address add 10.0.7.1/24 dev eth0 label eth0:7 scope link noprefixroute
	address add 2001:db8::2/64 dev eth0 nodad
	address add 2001:db8:7::1/128 dev lo nodad preferred_lft 0
	address add 10.1.0.2/24 dev eth1
	neighbour add 10.0.0.54 lladdr 02:00:5e:00:53:54 dev eth0 nud permanent
	neighbour add 2001:db8::54 lladdr 02:00:5e:00:53:54 dev eth0 nud permanent
	fou add port 7777 gue
END

sysctl -qw net.ipv4.conf.eth0.forwarding=1 net.ipv6.conf.eth1.forwarding=1 net.ipv4.conf.eth1.arp_ignore=8 \
	net.ipv4.conf.default.rp_filter=2 net.ipv4.vs.sync_threshold='5 60' net.ipv4.vs.drop_packet=1 \
	net.ipv4.tcp_rmem='4096 131072 6291456'

ipvsadm -R <<-END
	-A -t 203.0.113.1:80 -s wrr -p 400 -M 255.255.255.0
	-a -t 203.0.113.1:80 -r 10.0.0.91:8080 -m -w 5 -x 100 -y 50
	-A -u [2001:db8:ff::1]:53 -s mh -b mh-port
	-a -u [2001:db8:ff::1]:53 -r [2001:db8::91]:53 -i -w 3
	-A -f 99 -s rr
	-a -f 99 -r 10.0.0.92 -g -w 1
END
ipvsadm --start-daemon backup --mcast-interface eth1 --syncid 77
