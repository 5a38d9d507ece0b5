package hwmodel

import (
	"fmt"
	"slices"
)

// CheckTensors refuses names in the file's sets of tensors (keep, may_keep, only_reuse, multicast, bits) that are
// neither a role nor known: a misspelt name would hold nothing without a word. The error names file, line and key.
func (s *Spec) CheckTensors(known func(name string) bool) error {
	for i := range s.nodes {
		n := &s.nodes[i]
		check := func(key string, line int, names ...string) error {
			for _, name := range names {
				if !slices.Contains([]string{"all", "none", "inputs", "weights", "outputs"}, name) && !known(name) {
					return s.fail(line, n.name+"."+key, name, "all, none, inputs, weights, outputs, names of the workload's tensors",
						"%s", fmt.Sprintf("no role, and no tensor of the workload, is called %q", name))
				}
			}
			return nil
		}
		errs := []error{check("keep", n.line, n.keep...), check("may_keep", n.line, n.mayKeep...)}
		for _, d := range n.dims {
			errs = append(errs, check(d.name+".only_reuse", d.line, d.onlyReuse...), check(d.name+".multicast", d.line, d.multicast...))
		}
		for _, b := range n.bits {
			errs = append(errs, check("bits", n.line, b.tensor))
		}
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
	}
	return nil
}
