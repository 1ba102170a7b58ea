package plan

import (
	"errors"
	"fmt"
	"slices"
)

// Only refuses a plan that takes other actions than these. It counts objects, as the plan shows them: the steps inside an
// object, such as weight 0 before a delete, are a part of its action. What is imported is not changed, so any plan may import.
func (p *Plan) Only(allowed ...Action) error {
	var errs []error
	for _, c := range p.Changes.Objects() {
		if !slices.Contains(allowed, c.Action()) {
			errs = append(errs, fmt.Errorf("%s (%s) would be %s, and that is not allowed", p.Name(c.Key), c.Key, fates(c.Action()).words))
		}
	}
	if len(errs) > 10 {
		errs = append(errs[:10:10], fmt.Errorf("and so would %s", count(len(errs)-10, "object more", "objects more")))
	}
	return errors.Join(errs...)
}
