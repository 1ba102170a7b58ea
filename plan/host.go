package plan

// Host is which node a state was read from: what a saved plan is checked against, and what drains depend on.
type Host struct {
	// Name is the host name; for the file driver, the file's name without its extension.
	Name string `json:"name"`
	// Driver is "netlink", "ipvsadm" or "file".
	Driver string `json:"driver"`
	// Kernel is the kernel's release.
	Kernel string `json:"kernel,omitempty"`
	// Boot changes with every boot, Namespace with every network namespace: the table lives as long as both.
	Boot      string `json:"boot_id,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	// Sysctls are the live values of those that decide what becomes of connections:
	// net.ipv4.vs.expire_nodest_conn and net.ipv4.vs.expire_quiescent_template. What the kernel lacks is left out.
	Sysctls map[string]string `json:"sysctls,omitempty"`
}
