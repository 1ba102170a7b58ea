package apply_test

import (
	"testing"

	"github.com/lvsform/lvsform/apply"
)

// A second instance of the name by which others call the one without would hide its ledger from them.
func TestInstanceIsNotCalledLikeTheUsualOne(t *testing.T) {
	if err := apply.CheckInstance("default"); err == nil {
		t.Error("an instance is called as the one without a name is")
	}
	for _, name := range []string{"", "defaults", "mail"} {
		if err := apply.CheckInstance(name); err != nil {
			t.Error(err)
		}
	}
}
