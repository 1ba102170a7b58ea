package apply

import (
	"errors"
	"fmt"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Possible says what of a plan's steps the driver cannot express, each object by its name. Both sides of every step count,
// those on the way included, because what is done must be undoable.
func Possible(d Driver, p *plan.Plan, cs plan.Changeset) error {
	var errs []error
	told := map[string]bool{}
	for _, s := range cs {
		for _, v := range []spec.Value{s.Before, s.After} {
			if v == nil {
				continue
			}
			if err := d.Cannot(s.Key, v); err != nil && !told[err.Error()] {
				told[err.Error()] = true
				errs = append(errs, fmt.Errorf("%s: %w", p.Name(s.Key), err))
			}
		}
	}
	const most = 10
	if more := len(errs) - most; more > 0 {
		errs = append(errs[:most:most], fmt.Errorf("and %d more like these", more))
	}
	return errors.Join(errs...)
}
