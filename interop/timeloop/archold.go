package timeloop

import (
	"strconv"
	"strings"

	"tcmdse/interop/foreign"
)

// ranged splits PE[0..167] into its name and how many there are.
func ranged(v foreign.Value) (name string, count int64) {
	text := v.Str()
	name, rest, ok := strings.Cut(text, "[")
	if !ok {
		return text, 1
	}
	from, to, ok := strings.Cut(strings.TrimSuffix(rest, "]"), "..")
	a, errA := strconv.ParseInt(strings.TrimSpace(from), 10, 64)
	b, errB := strconv.ParseInt(strings.TrimSpace(to), 10, 64)
	if !ok || errA != nil || errB != nil || b < a || b-a >= 1<<31 {
		v.Fail("not a name with a range", "NAME, NAME[0..15]")
		return name, 1
	}
	return name, b - a + 1
}

// subtrees walks the form of versions 0.1 to 0.3: each subtree has local components, outermost first, and subtrees below.
func (a *archFile) subtrees(list foreign.Value, s *scope, instances int64) {
	all := list.List()
	for i, t := range all {
		if i > 0 {
			a.notes.Leave(t, "a second subtree beside the first")
			continue
		}
		name, n := ranged(t.Need("name"))
		attrs := t.Get("attributes")
		own := map[string]foreign.Value{}
		for _, k := range attrs.Keys() {
			own[k] = attrs.Peek(k)
		}
		inner := s.inside(own)
		if instances *= n; instances > 1<<40 {
			t.Fail("more instances than can be counted", "")
			return
		}
		for _, c := range t.Get("local").List() {
			cname, cn := ranged(c.Need("name"))
			own, n := c.Get("attributes"), instances*cn
			if own.Get("instances").Present() {
				n = own.Get("instances").Count(1, inner.with(cname, own).names) // it stands before the ranges of names
			}
			a.instanced(c, cname, name, own, inner, n)
		}
		a.subtrees(t.Get("subtree"), inner, instances)
	}
}

// flat reads the earliest form, arithmetic and storage, which lists memories innermost first.
func (a *archFile) flat(v foreign.Value, s *scope) {
	list := v.Get("storage").List()
	for i := len(list) - 1; i >= 0; i-- {
		n := list[i]
		name := n.Need("name").Str()
		a.instanced(n, name, name, n, s, n.Get("instances").Count(1, s.names))
	}
	ar := v.Need("arithmetic")
	name := ar.Get("name").Str()
	if name == "" {
		name = "MAC"
	}
	a.instanced(ar, name, name, ar, s, ar.Get("instances").Count(1, s.names))
}

// instanced adds a component of which so many exist, and the array that makes them of those outside.
func (a *archFile) instanced(n foreign.Value, name, tree string, attrs foreign.Value, s *scope, instances int64) {
	inner := s.with(name, attrs)
	class := n.First("class", "technology").Str()
	before, beforeX := int64(1), int64(1)
	if len(a.levels) > 0 {
		last := &a.levels[len(a.levels)-1]
		before, beforeX = last.instances, last.meshX
		if isDummy(last.class) {
			tree = strings.TrimSuffix(strings.TrimPrefix(last.name, "inter_"), "_spatial")
		}
	}
	if instances < before || instances%before != 0 {
		n.Fail("instances that are no multiple of those of the memory outside", "")
		return
	}
	meshX := beforeX
	if mx := attrs.Get("meshX"); mx.Present() {
		meshX = mx.Count(1, inner.names)
	} else if instances > before {
		meshX = beforeX * (instances / before)
	}
	if instances > before {
		fan, x := instances/before, int64(1)
		if x = max(meshX/beforeX, 1); fan%x != 0 {
			x = fan
		}
		a.levels = append(a.levels, level{kind: array, name: tree, at: n, x: x, y: fan / x, scope: inner})
	}
	attrs.Get("meshY").Str()
	l := level{kind: memory, name: name, class: class, at: n, attrs: attrs, scope: inner, instances: instances, meshX: meshX}
	a.levels = append(a.levels, l)
}
