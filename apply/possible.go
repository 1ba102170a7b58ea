package apply

import (
	"errors"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
)

// Possible says what of a changeset the driver cannot express, all of it at once. Both sides of every step count, those on
// the way included, because what is done must be undoable.
func Possible(d Driver, cs plan.Changeset) error {
	var errs []error
	told := map[string]bool{}
	for _, s := range cs {
		for _, v := range []spec.Value{s.Before, s.After} {
			if v == nil {
				continue
			}
			if err := d.Cannot(s.Key, v); err != nil && !told[err.Error()] {
				told[err.Error()] = true
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}
