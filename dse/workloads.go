package dse

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"tcmdse/hwmodel"
	"tcmdse/internal/yamlsrc"
	"tcmdse/mapper/workload"
	"tcmdse/sweeps"
)

// Networks opens the workloads of a sweep, with the layers that take part.
func Networks(s *sweeps.Sweep) ([]*workload.Network, error) {
	var out []*workload.Network
	for _, w := range s.Networks {
		n, err := workload.Open(w.Name, s.Dir)
		if err != nil {
			return nil, err
		}
		for _, other := range out {
			if other.Name == n.Name {
				return nil, &yamlsrc.Error{File: s.File, Key: "workloads", Msg: "two workloads of one name; results are kept by name", Given: n.Name}
			}
		}
		if w.Layers != nil {
			if err := choose(n, w.Layers); err != nil {
				return nil, &yamlsrc.Error{File: s.File, Key: "workloads", Msg: err.Error()}
			}
		}
		out = append(out, n)
	}
	return out, CheckTensors(s.Base(), out)
}

// choose keeps the layers of a network that a glob matches. A glob that matches none is a mistake.
func choose(n *workload.Network, globs []string) error {
	matched := make([]bool, len(globs))
	var names []string
	for i := range n.Layers {
		names = append(names, n.Layers[i].Name)
	}
	n.Layers = slices.DeleteFunc(n.Layers, func(l workload.Layer) bool {
		keep := false
		for i, g := range globs {
			if ok, _ := path.Match(g, l.Name); ok { // the pattern was checked when the file was read
				matched[i], keep = true, true
			}
		}
		return !keep
	})
	if i := slices.Index(matched, false); i >= 0 {
		return fmt.Errorf("%s has no layer %q; its layers are %s", n.Name, globs[i], strings.Join(names, ", "))
	}
	return nil
}

// CheckTensors refuses tensor names in an architecture that no layer of the workloads has.
func CheckTensors(spec *hwmodel.Spec, networks []*workload.Network) error {
	return spec.CheckTensors(func(name string) bool {
		return slices.ContainsFunc(networks, func(n *workload.Network) bool { return n.HasTensor(name) })
	})
}
