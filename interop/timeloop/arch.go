package timeloop

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tcmdse/interop/archfile"
	"tcmdse/interop/foreign"
)

// level is a memory, an array or the compute, outermost first, in Timeloop's terms.
type level struct {
	kind  kind
	name  string
	class string
	at    foreign.Value // for messages
	attrs foreign.Value
	scope *scope
	x, y  int64         // arrays
	space foreign.Value // arrays: constraints of spatial loops

	keep, bypass, keepOnly foreign.Value // memories
	beside                 int           // which list of nodes side by side; 0: none
	number                 int           // memories: from 0, the outermost
	instances, meshX       int64         // components of earlier forms
}

type kind uint8

const (
	memory kind = iota
	array
	compute
)

// archFile is an architecture as read, before costs and names are settled.
type archFile struct {
	name   string
	top    foreign.Value
	levels []level
	notes  *foreign.Notes
	beside int // lists of nodes side by side so far
}

// readArch reads an architecture of any of the three forms.
func readArch(v foreign.Value, name string, s *scope, notes *foreign.Notes) *archFile {
	a := &archFile{name: name, top: v, notes: notes}
	version := v.Get("version")
	if text := version.Str(); text != "" && !slices.Contains([]string{"0.1", "0.2", "0.3", "0.4"}, text) {
		version.Fail("not a version of Timeloop's architectures that is known here", "0.4 (nodes), 0.1 to 0.3 (subtree)")
	}
	switch {
	case v.Has("nodes"):
		a.nodes(v.Get("nodes"), s, 0)
	case v.Has("subtree"):
		a.subtrees(v.Get("subtree"), s, 1)
	case v.Has("storage"):
		a.flat(v, s)
	default:
		v.Fail("no nodes in this architecture", "nodes (version 0.4), subtree (0.1 to 0.3), arithmetic and storage (earliest)")
	}
	a.settle()
	return a
}

// nodes walks a list of version 0.4. A container's attributes hold for all that follows it; so do instances.
func (a *archFile) nodes(list foreign.Value, s *scope, beside int) *scope {
	for _, n := range list.List() {
		s = a.walk(n, s, beside)
	}
	return s
}

// walk reads one node with all that is in it.
func (a *archFile) walk(n foreign.Value, s *scope, beside int) *scope {
	switch n.Tag() {
	case "Parallel":
		a.parallel(n, s)
	case "Hierarchical", "Branch", "Pipelined":
		if n.Tag() == "Pipelined" {
			a.notes.Approximate(n, "read as nodes one below the other")
		}
		return a.nodes(n.Get("nodes"), s, beside)
	case "Container", "Component", "Nothing":
		return a.node(n, s, beside)
	case "":
		n.Fail("a node without a type", "!Container, !Component, !Parallel, !Hierarchical before its keys")
	default:
		n.Fail("a type of node that is not known", "!Container, !Component, !Parallel, !Hierarchical, !Nothing")
	}
	return s
}

// parallel reads nodes beside each other. None of them is around another, so attributes hold in their own branch only, and an
// array in any branch but the last would multiply what it does not hold once the branches stand one below the other.
func (a *archFile) parallel(n foreign.Value, s *scope) {
	all := n.Get("nodes").List()
	if len(all) > 0 {
		a.notes.Approximate(n, "nodes beside each other become nodes one below the other, each for what it keeps")
		a.beside++
	}
	for i, branch := range all {
		from := len(a.levels)
		a.walk(branch, s, a.beside)
		isArray := func(l level) bool { return l.kind == array }
		if i < len(all)-1 && slices.ContainsFunc(a.levels[min(from, len(a.levels)):], isArray) {
			branch.Fail("an array inside one of several branches side by side", "arrays above or below !Parallel, or in its last branch")
		}
	}
}

func (a *archFile) node(n foreign.Value, s *scope, beside int) *scope {
	if n.Tag() == "Nothing" {
		return s
	}
	name := n.Need("name").Str()
	attrs := n.Get("attributes")
	inner := s.with(name, attrs)
	if e := n.Get("enabled"); e.Present() && !e.Truth(inner.names) {
		a.notes.Leave(n, "node %s is not enabled", name)
		return s
	}
	constraints := n.Get("constraints")
	sp := n.Get("spatial")
	x, y := sp.Get("meshX").Count(1, inner.names), sp.Get("meshY").Count(1, inner.names)
	if x*y > 1 || x > 1<<31 || y > 1<<31 {
		a.levels = append(a.levels, level{kind: array, name: name, at: n, x: x, y: y, space: constraints.Get("spatial"), scope: inner})
	}
	if n.Tag() == "Container" {
		own := map[string]foreign.Value{}
		for _, k := range attrs.Keys() {
			own[k] = attrs.Peek(k)
		}
		return s.inside(own)
	}
	a.component(n, name, attrs, inner, constraints.Get("dataspace"))
	a.levels[len(a.levels)-1].beside = beside
	return s
}

// component adds a memory or the compute.
func (a *archFile) component(n foreign.Value, name string, attrs foreign.Value, s *scope, held foreign.Value) {
	class := n.Get("class").Str()
	if sub := n.Get("subclass"); sub.Present() && class != "" {
		class = sub.Str()
	} else if class == "" {
		class = sub.Str()
	}
	l := level{kind: memory, name: name, class: class, at: n, attrs: attrs, scope: s,
		keep: held.Get("keep"), bypass: held.Get("bypass"), keepOnly: held.Get("keep_only")}
	a.levels = append(a.levels, l)
}

// isCompute tells by the class whether a component computes.
func isCompute(class string) bool {
	c := strings.ToLower(class)
	for _, w := range []string{"mac", "alu", "multiplier", "adder", "compute"} {
		if strings.Contains(c, w) {
			return true
		}
	}
	return false
}

// hasStorage tells whether a component has a size or a class that stores.
func (l *level) hasStorage() bool {
	for _, k := range []string{"depth", "entries", "sizeKB", "width", "memory_depth", "memory_width"} {
		if l.attrs.Has(k) {
			return true
		}
	}
	c := strings.ToLower(l.class)
	for _, w := range []string{"dram", "sram", "regfile", "reg", "storage", "buffer", "_rf"} {
		if strings.Contains(c, w) {
			return true
		}
	}
	return false
}

func isDummy(class string) bool { return strings.Contains(strings.ToLower(class), "dummy") }

// settle makes the last component the compute and drops what neither stores nor computes.
func (a *archFile) settle() {
	last := -1
	for i := range a.levels {
		if a.levels[i].kind == memory {
			last = i
		}
	}
	for i := last; i >= 0; i-- {
		if isCompute(a.levels[i].class) && a.levels[i].kind == memory {
			a.below(i+1, last)
			last = i
			break
		}
	}
	if last < 0 {
		a.top.Fail("no component in this architecture", "memories, outermost first, and the compute last")
		return
	}
	for i := last + 1; i < len(a.levels); i++ {
		if a.levels[i].kind == array {
			a.notes.Leave(a.levels[i].at, "an array below the compute")
		}
	}
	a.levels = a.levels[:last+1]
	a.levels[last].kind = compute
	if l := &a.levels[last]; !isCompute(l.class) {
		a.notes.Approximate(l.at, "the last component, of class %q, is taken as the compute", l.class)
	}
	a.levels = slices.DeleteFunc(a.levels, func(l level) bool {
		if l.kind != memory || (l.hasStorage() && !isCompute(l.class) && !isDummy(l.class)) {
			return false
		}
		if isDummy(l.class) {
			l.attrs.Take()
			l.at.Take()
		} else {
			a.notes.Leave(l.at, "%s, of class %q, neither stores nor is the compute", l.name, l.class)
		}
		return true
	})
	if len(a.levels) == 0 || a.levels[0].kind != memory {
		a.top.Fail("the first component is no memory", "a memory that holds everything, first")
	}
	a.uniqueNames()
	n := 0
	for i := range a.levels {
		if a.levels[i].kind == memory {
			a.levels[i].number = n
			n++
		}
	}
}

// below notes components that stand after the compute, such as address generators.
func (a *archFile) below(from, to int) {
	for i := from; i <= to; i++ {
		if a.levels[i].kind == memory {
			a.notes.Leave(a.levels[i].at, "%s, of class %q, stands below the compute", a.levels[i].name, a.levels[i].class)
		}
	}
}

// uniqueNames gives every node a name of its own: memories and the compute first, so that an array that is a fanout of one of
// them gives way and stands beside it as NAME_array.
func (a *archFile) uniqueNames() {
	seen := map[string]bool{}
	name := func(l *level, suffix string) {
		base := archfile.Name(l.name, "node")
		name := base
		for k := 1; seen[strings.ToLower(name)]; k++ {
			if name = base + suffix; k > 1 || suffix == "" {
				name = base + suffix + "_" + strconv.Itoa(k+1)
			}
		}
		seen[strings.ToLower(name)] = true
		if name != l.name && l.kind != array {
			a.notes.Approximate(l.at, "named %s here", name)
		}
		l.name = name
	}
	for i := range a.levels {
		if a.levels[i].kind != array {
			name(&a.levels[i], "")
		}
	}
	for i := range a.levels {
		if a.levels[i].kind == array {
			name(&a.levels[i], "_array")
		}
	}
}

// role returns the role that a data space's name tells, "" for others.
func role(name string) string {
	low := strings.ToLower(name)
	for _, r := range []string{"inputs", "weights", "outputs"} {
		if low == r || low+"s" == r {
			return r
		}
	}
	return ""
}

// sets returns a memory's keep and may_keep as its file says, "" where the default holds.
func (a *archFile) sets(l *level, outermost bool) (keep, mayKeep string) {
	names := func(v foreign.Value) []string {
		out := []string{}
		for _, s := range v.Strs() {
			if s = strings.Trim(s, "[]"); s == "" {
				continue
			}
			if r := role(s); r != "" {
				s = r
			} else if s = archfile.Name(s, "tensor"); strings.EqualFold(s, "all") || strings.EqualFold(s, "none") {
				v.Fail("a data space of this name cannot be named here", "any other name")
			}
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
		return out
	}
	k, b := names(l.keep), names(l.bypass)
	only := l.keepOnly.Present() || l.beside > 0 && len(k) > 0 // side by side, each data space takes one branch
	if l.keepOnly.Present() {
		k = names(l.keepOnly)
	}
	if outermost {
		if len(b) > 0 {
			a.notes.Approximate(l.bypass, "the outermost memory holds everything here")
		}
		return "all", ""
	}
	roles := []string{"inputs", "weights", "outputs"}
	free := slices.DeleteFunc(slices.Clone(roles), func(r string) bool { return slices.Contains(k, r) || slices.Contains(b, r) })
	known := func(list []string) bool {
		return !slices.ContainsFunc(list, func(s string) bool { return !slices.Contains(roles, s) })
	}
	switch {
	case len(k) == 0 && len(b) == 0 && !only:
		return "", "all"
	case only || len(free) == 0 || !known(k) || !known(b):
		if !only && len(free) > 0 && (!known(k) || !known(b)) {
			a.notes.Approximate(l.at, "data spaces that are neither kept nor bypassed may be kept in Timeloop; here those not named are bypassed")
		}
		return "[" + strings.Join(k, ", ") + "]", ""
	case len(k) == 0:
		return "none", "[" + strings.Join(free, ", ") + "]"
	}
	return "[" + strings.Join(k, ", ") + "]", "[" + strings.Join(free, ", ") + "]"
}

// dims writes an array's dimensions.
func (a *archFile) dims(l *level) string {
	var extra string
	list := func(v foreign.Value) string {
		var out []string
		for _, s := range v.Strs() {
			if r := role(s); r != "" {
				s = r
			}
			out = append(out, archfile.Name(s, "tensor"))
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	if no := l.space.First("no_iteration_over_dataspaces"); no.Present() {
		extra += ", only_reuse: " + list(no) + ", multicast: all"
	}
	if no := l.space.Get("no_reuse"); no.Present() {
		shared := slices.DeleteFunc([]string{"inputs", "weights", "outputs"}, func(r string) bool {
			return slices.ContainsFunc(no.Strs(), func(s string) bool { return role(s) == r })
		})
		extra = strings.TrimSuffix(extra, ", multicast: all")
		if extra += ", multicast: [" + strings.Join(shared, ", ") + "]"; len(shared) == 0 {
			extra = strings.TrimSuffix(extra, "[]") + "none"
		}
	}
	var parts []string
	if l.x > 1 || l.y == 1 {
		parts = append(parts, fmt.Sprintf("{name: x, size: %d%s}", l.x, extra))
	}
	if l.y > 1 {
		parts = append(parts, fmt.Sprintf("{name: y, size: %d%s}", l.y, extra))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
