package accelforge

import (
	"fmt"
	"slices"
	"strings"

	"tcmdse/hwmodel"
	"tcmdse/interop/archfile"
	"tcmdse/interop/foreign"
)

// archFile is an architecture being read: the lines of each node as it is written.
type archFile struct {
	r      *reader
	name   string
	top    foreign.Value
	extra  foreign.Value // attributes for all component models
	nodes  [][]string
	names  map[string]bool
	keep   map[string][]string // roles that each memory must hold
	done   bool                // the compute was read
	memory bool                // one was read
	head   []string
}

func roles() []string { return []string{"inputs", "weights", "outputs"} }

// roleSet is what a named set of AccelForge's means for any one Einsum with all tensors in the outermost memory. Fused
// intermediates there are none.
func roleSet(name string) ([]string, bool) {
	switch name {
	case "All", "Tensors":
		return roles(), true
	case "Inputs":
		return []string{"inputs", "weights"}, true
	case "Outputs", "output":
		return []string{"outputs"}, true
	case "input":
		return []string{"inputs"}, true
	case "weight", "weights":
		return []string{"weights"}, true
	case "Intermediates", "Nothing", "Shared":
		return []string{}, true
	}
	return nil, false
}

// set evaluates a set of roles; ok is false after an error.
func (a *archFile) set(v foreign.Value) (list []string, ok bool) {
	list, err := evalSet(v.Str(), roles(), func(name string) ([]string, bool) {
		if held, ok := a.keep[strings.TrimSuffix(name, ".tensors")]; ok {
			return held, true
		}
		return roleSet(name)
	})
	if err != nil && !v.Failed() {
		v.Fail("not a set of tensors that can be told for every workload: "+err.Error(),
			"All, Nothing, Inputs, Outputs, Intermediates, input, weight, output, names of memories, joined by | & - ~")
	}
	return list, err == nil
}

func text(set []string) string {
	switch {
	case len(set) == 0:
		return "none"
	case len(set) == len(roles()):
		return "all"
	}
	return "[" + strings.Join(set, ", ") + "]"
}

func (a *archFile) read(v foreign.Value) {
	a.names, a.keep = map[string]bool{}, map[string][]string{}
	a.extra = v.Get("extra_attributes_for_all_component_models")
	if t := a.extra.Get("tech_node"); t.Present() {
		m := t.Number(a.r.names)
		if m >= 1 {
			m *= 1e-9
		}
		if !(m >= 1e-9 && m <= 1e-6) {
			t.Fail("not a feature size", "metres such as 65e-9")
		}
		a.head = append(a.head, "technology: "+archfile.Number(float64(int64(m*1e12+0.5))/1e3)+"nm")
	}
	vars := v.Get("variables")
	for _, k := range vars.Keys() {
		vars.Peek(k).MarkRead()
	}
	a.list(v.Need("nodes"))
	if !a.done && !v.Failed() {
		v.Fail("no enabled compute in this architecture", "a !Compute as the last node")
	}
}

func (a *archFile) list(nodes foreign.Value) {
	for _, n := range nodes.List() {
		if a.done {
			a.r.im.Notes.Leave(n, "a node after the compute")
			continue
		}
		switch n.Tag() {
		case "Memory":
			if a.enabled(n) {
				a.array(n)
				a.addMemory(n)
			}
		case "Compute":
			if a.enabled(n) {
				a.array(n)
				a.addCompute(n)
			}
		case "Container":
			a.array(n)
		case "Hierarchical":
			a.list(n.Get("nodes"))
		case "Array":
			a.r.im.Notes.Approximate(n, "a physical array, read as what it holds, one below the other")
			a.array(n)
			a.list(n.Get("nodes"))
		case "Toll", "Network", "Fork":
			a.r.im.Notes.Leave(n, "!%s %s: components that only pass data on, or beside the path to the compute, are not modelled", n.Tag(), n.Peek("name").Str())
			if sp := n.Peek("spatial"); sp.Present() && n.Tag() != "Fork" {
				a.array(n)
			}
		case "":
			n.Fail("a node without a type", "!Memory, !Container, !Compute before its keys")
		default:
			n.Fail("a type of node that is not known", "!Memory, !Container, !Compute, !Hierarchical, !Array, !Toll, !Network, !Fork")
		}
		if n.Failed() {
			return
		}
	}
}

// own returns a name that no other node has.
func (a *archFile) own(n foreign.Value, suffix string) string {
	v := n.Need("name")
	name := archfile.Name(v.Str(), "node") + suffix
	if a.names[strings.ToLower(name)] {
		if suffix == "" {
			v.Fail("a second node of this name", "each once")
		}
		name += "_2"
	}
	a.names[strings.ToLower(name)] = true
	return name
}

// array writes a node's fanout, which stands above the node itself.
func (a *archFile) array(n foreign.Value) {
	list := n.Get("spatial").List()
	n.Peek("name").MarkRead()
	suffix := "_array"
	if n.Tag() == "Container" {
		suffix = ""
	}
	if len(list) == 0 {
		return
	}
	if n.Tag() != "Container" {
		a.r.im.Notes.Approximate(n, "its own fanout becomes an array above it: AccelForge counts area and leakage of such a node once, here they count for each instance")
	}
	var dims []string
	for _, d := range list {
		dims = append(dims, a.dim(d))
	}
	lines := []string{"array: " + a.own(n, suffix), "dims:"}
	for _, d := range dims {
		lines = append(lines, "  - "+d)
	}
	a.add(n, lines)
}

func (a *archFile) dim(d foreign.Value) string {
	out := fmt.Sprintf("{name: %s, size: %d", archfile.Name(d.Need("name").Str(), "dim"), d.Need("fanout").Count(1, a.r.names))
	only := d.Get("reuse")
	if only.Present() {
		if set, ok := a.set(only); ok && len(set) > 0 {
			out += ", only_reuse: " + text(set)
			if !d.Get("may_reuse").Present() {
				out += ", multicast: " + text(set)
			}
		}
	}
	if may := d.Get("may_reuse"); may.Present() {
		if set, ok := a.set(may); ok {
			out += ", multicast: " + text(set)
		}
	}
	if u := d.Get("min_usage"); u.Present() {
		f := u.Number(a.r.names)
		if !(f >= 0 && f <= 1) {
			u.Fail("not a share", "0 to 1")
		}
		if f > 0 {
			out += ", min_utilization: " + archfile.Number(f)
		}
	}
	if u := d.Get("usage_scale"); u.Present() && u.Number(a.r.names) != 1 {
		a.r.im.Notes.Leave(u, "a scale of usage")
	}
	if p := d.Get("power_gateable"); p.Bool(false) {
		a.r.im.Notes.Leave(p, "power gating: idle instances leak here")
	}
	if b := d.Get("loop_bounds"); b.Present() {
		a.r.im.Notes.Leave(b, "bounds of single loops")
	}
	return out + "}"
}

// add keeps a node's lines, the first with where it is from.
func (a *archFile) add(n foreign.Value, lines []string) {
	lines = slices.Clone(lines)
	lines[0] += fmt.Sprintf("  # %s:%d", archfile.OneLine(n.File()), n.Line())
	if c := n.Peek("component_class").Str(); c != "" {
		lines[0] += ", class " + archfile.OneLine(c)
	}
	a.nodes = append(a.nodes, lines)
}

// writeArch writes the file and reads it back.
func (r *reader) writeArch() error {
	a := r.arch
	var b strings.Builder
	fmt.Fprintf(&b, "# Imported from %s of AccelForge by tcmdse import accelforge; what was changed or left out it prints.\n", archfile.OneLine(a.top.File()))
	b.WriteString("name: " + a.name + "\n")
	for _, h := range a.head {
		b.WriteString(h + "\n")
	}
	b.WriteString("nodes:\n")
	for _, lines := range a.nodes {
		b.WriteString("  - " + strings.Join(lines, "\n    ") + "\n")
	}
	r.im.ArchYML = []byte(b.String())
	spec, err := hwmodel.ParseSpec(r.im.ArchYML, a.name+".arch.yaml")
	if err == nil {
		_, err = spec.Build()
	}
	if err != nil {
		return r.fileError(err)
	}
	r.im.Arch = spec
	return nil
}
