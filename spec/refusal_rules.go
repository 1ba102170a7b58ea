package spec

import "syscall"

// ruleMeaning is what an errno means for a rule of nftables, or "" where it means nothing special.
func ruleMeaning(op string, k Kind, e syscall.Errno) string {
	family, need := "inet", "nft_chain_nat, nft_ct, nft_masq and nft_nat"
	switch k {
	case KindARPFilter:
		family, need = "arp", "nf_tables"
	case KindMarkRule:
		need = "nf_tables"
	case KindMasqueradeRule:
	default:
		return ""
	}
	switch {
	case e == syscall.EOPNOTSUPP || e == syscall.EAFNOSUPPORT || e == syscall.EPROTONOSUPPORT:
		return "this kernel has no nftables for the family " + family + ": the module nf_tables is missing, or made without that family"
	case e == syscall.ENOENT && op == "create":
		return "this kernel's nftables cannot do it: a module is missing, of " + need
	case e == syscall.EPERM:
		return "not permitted: CAP_NET_ADMIN is needed in the user namespace of the network namespace"
	case e == syscall.EINVAL && op != "delete":
		return "no rule can say it: addresses must be of one family, and a range of ports begins above 0"
	}
	return ""
}
