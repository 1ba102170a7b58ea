package plan

import (
	"fmt"
	"strings"
)

// UnknownAddressError says what of Targets and Exclude, but for Absent, chooses nothing: neither an object of the configuration, nor one that is live.
type UnknownAddressError struct{ Addresses []string }

// Error has a line for each address, which stands in Addresses once.
func (e *UnknownAddressError) Error() string {
	lines := make([]string, len(e.Addresses))
	for i, address := range e.Addresses {
		lines[i] = fmt.Sprintf("nothing here is called %q: an address such as service.web or a kernel identity such as \"tcp 192.0.2.10:443\" is needed", address)
	}
	return strings.Join(lines, "\n")
}
