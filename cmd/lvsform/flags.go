package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lvsform/lvsform/plan"
	"github.com/lvsform/lvsform/spec"
	"github.com/lvsform/lvsform/spec/hclspec"
	"github.com/spf13/cobra"
)

// configFlags give a configuration its variables, and say for which of its nodes it is read.
type configFlags struct {
	vars []hclspec.VarFlag
	node string
}

func (f *configFlags) add(c *cobra.Command) {
	c.Flags().Var(varValue{f, false}, "var", "set a variable: `name=value`; may be repeated")
	c.Flags().Var(varValue{f, true}, "var-file", "set variables from a `file`; may be repeated, later ones win")
}

func (f *configFlags) addNode(c *cobra.Command) {
	c.Flags().StringVar(&f.node, "node", "", "the `name` of the node that the configuration is read for (default: LVSFORM_NODE, or the one with the machine's host name)")
}

// varValue appends to one list whichever flag it stands for: the order in which they are given decides.
type varValue struct {
	flags *configFlags
	file  bool // --var-file, and not --var
}

// String is the default, of which there is none.
func (varValue) String() string { return "" }

// Type stands for the value in the help.
func (varValue) Type() string { return "string" }

// Set adds a value.
func (v varValue) Set(s string) error {
	switch {
	case !v.file:
		v.flags.vars = append(v.flags.vars, hclspec.VarFlag{Assign: s})
	case strings.Contains(s, "://"):
		return fmt.Errorf("lvsform fetches nothing from the network: get the file first, and give its path")
	default:
		v.flags.vars = append(v.flags.vars, hclspec.VarFlag{File: s})
	}
	return nil
}

// nodeFlags say which node it is about.
type nodeFlags struct {
	driver, netns, instance, from string
	wait                          time.Duration
	// taken is the snapshot of from. It is read once, because it may come through a pipe.
	taken func() (*snapshot, error)
}

func (f *nodeFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.driver, "driver", "netlink", "where the node is: the `driver` netlink, ipvsadm, or file:PATH for a node in a file")
	c.Flags().StringVar(&f.netns, "netns", "", "the network namespace: a `name` of ip-netns(8) or a path (default: this one)")
	c.Flags().StringVar(&f.instance, "instance", "", "`name` of one of several configurations that share the node")
}

// again are the flags that lead another command to the same node.
func (f *nodeFlags) again() (text string) {
	if f.driver != "netlink" {
		text += "--driver " + f.driver + " "
	}
	if f.netns != "" {
		text += "--netns " + f.netns + " "
	}
	if f.instance != "" {
		text += "--instance " + f.instance + " "
	}
	return text
}

// file is the path behind --driver file:.
func (f *nodeFlags) file() (path string, isFile bool, err error) {
	path, isFile = strings.CutPrefix(f.driver, "file:")
	switch {
	case isFile && path == "":
		err = errors.New("--driver file:PATH needs the path of the node's file")
	case isFile && f.netns != "":
		err = errors.New("a node in a file has no network namespaces: leave out --netns")
	case !isFile && !slices.Contains([]string{"", "netlink", "ipvsadm"}, f.driver):
		err = fmt.Errorf("there is no driver %q: it is netlink, ipvsadm or file:PATH", f.driver)
	}
	return path, isFile, err
}

func (f *nodeFlags) addFrom(c *cobra.Command) {
	c.Flags().StringVar(&f.from, "from", "", "take the node from a `snapshot` instead of a driver")
	f.taken = sync.OnceValues(func() (*snapshot, error) { return loadSnapshot(f.from) })
}

// fromAlone refuses two places for one node.
func (f *nodeFlags) fromAlone() error {
	if f.driver != "netlink" || f.netns != "" {
		return errors.New("--from takes the place of a driver: leave out --driver and --netns")
	}
	return nil
}

func (f *nodeFlags) addLock(c *cobra.Command) {
	c.Flags().DurationVar(&f.wait, "lock-timeout", 0, "how long to wait for another lvsform on this node")
}

// policyFlags say what a plan may do.
type policyFlags struct {
	targets, exclude []string
	// absent are those of them that other nodes have.
	absent           []string
	destroy, noDrain bool
	maxDestroy       limitValue
	allow            allowValue
	// compare is set by commands that only look: nothing is forbidden, and no cost is told.
	compare bool
}

func (f *policyFlags) addChoice(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.targets, "target", nil, "only this `address`, and what lies below it; may be repeated")
	c.Flags().StringArrayVar(&f.exclude, "exclude", nil, "everything but this `address`; may be repeated")
}

func (f *policyFlags) addDestroy(c *cobra.Command) {
	c.Flags().BoolVar(&f.destroy, "destroy", false, "remove everything that is lvsform's, whatever the configuration says")
	f.addLimits(c)
}

func (f *policyFlags) addLimits(c *cobra.Command) {
	c.Flags().BoolVar(&f.noDrain, "no-drain", false, "delete servers at once, with the connections they have")
	c.Flags().Var(&f.allow, "allow", "refuse a plan that does anything but these `actions`: create, update, destroy")
	c.Flags().Var(&f.maxDestroy, "max-destroy", "refuse to destroy more than so many (`N or P%`) of a service's servers, or of the services")
}

// limitValue is a flag for a spec.Limit.
type limitValue struct{ limit *spec.Limit }

// String is the limit as it is written.
func (v *limitValue) String() string {
	if v.limit == nil {
		return ""
	}
	return v.limit.String()
}

// Type stands for the value in the help.
func (v *limitValue) Type() string { return "limit" }

// Set reads "5" or "50%".
func (v *limitValue) Set(s string) error {
	number, percent := strings.CutSuffix(s, "%")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || percent && n > 100 {
		return fmt.Errorf("write a number such as 5, or a percentage such as 50%%")
	}
	v.limit = &spec.Limit{N: n, Percent: percent}
	return nil
}

// allowActions are what --allow can be given, and allowWords how it is written.
var (
	allowActions = []plan.Action{plan.Create, plan.Update, plan.Delete}
	allowWords   = []string{"create", "update", "destroy"}
)

// allowValue is a flag for the actions that a plan may take; none: all of them.
type allowValue struct{ actions []plan.Action }

// String is the actions as they are written.
func (v *allowValue) String() string {
	var words []string
	for i, a := range allowActions {
		if slices.Contains(v.actions, a) {
			words = append(words, allowWords[i])
		}
	}
	return strings.Join(words, ",")
}

// Type stands for the value in the help.
func (v *allowValue) Type() string { return "actions" }

// Set adds the actions of a list such as "create,update".
func (v *allowValue) Set(list string) error {
	for word := range strings.SplitSeq(list, ",") {
		i := slices.Index(allowWords, word)
		if i < 0 {
			return fmt.Errorf("write one or more of create, update and destroy, with commas between them")
		}
		v.actions = append(v.actions, allowActions[i])
	}
	return nil
}

// gate looks at all that a plan does before the first change.
func (v *allowValue) gate(made *plan.Plan) error {
	if len(v.actions) == 0 {
		return nil
	}
	if err := made.Only(v.actions...); err != nil {
		return hint(err, "--allow %s refuses the whole plan and nothing was changed: allow more if it is meant, or choose with --target and --exclude", v)
	}
	return nil
}

// given names those of the flags that were given.
func given(c *cobra.Command, names ...string) []string {
	var out []string
	for _, name := range names {
		if c.Flags().Changed(name) {
			out = append(out, "--"+name)
		}
	}
	return out
}
