package spec

func (c *checker) sysctl(k SysctlKey, s Sysctl) {
	if k.Accepts(s.Value) != 0 {
		c.add(k, "value", "LVS136", "Value that the kernel refuses", "%q is not what %s takes, which is a number: write one that it can be.", s.Value, k.Name)
	}
}
