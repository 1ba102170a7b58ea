# What somebody else does to one rule of each kind, after the second configuration was applied.
nft flush chain inet lvsform prerouting
nft flush chain inet lvsform postrouting
nft flush chain arp lvsform input
