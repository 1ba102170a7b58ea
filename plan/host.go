package plan

// Host is which node a state was read from: what a saved plan is checked against.
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
}
