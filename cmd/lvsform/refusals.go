package main

import (
	"errors"
	"fmt"
)

// refusals are what ipvsadm has no words for, each once.
type refusals struct {
	errs []error
	told map[string]bool
}

func (r *refusals) add(name string, err error) {
	if err == nil || r.told[err.Error()] {
		return
	}
	if r.told == nil {
		r.told = map[string]bool{}
	}
	r.told[err.Error()] = true
	r.errs = append(r.errs, fmt.Errorf("%s: %w", name, err))
}

// join is one error, which names the first ones, or nil.
func (r *refusals) join() error {
	const most = 10
	errs := r.errs
	if more := len(errs) - most; more > 0 {
		errs = append(errs[:most:most], fmt.Errorf("and %d more like these", more))
	}
	return errors.Join(errs...)
}
