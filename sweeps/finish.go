package sweeps

import (
	"fmt"
	"slices"
	"strings"

	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
)

// finishAxes resolves `same`, refuses a path that is set twice, drops equal rows and splits off derived paths.
func (s *Sweep) finishAxes(v yamlsrc.Value, fixed []override) {
	if !s.setOnce(v, fixed) || !s.follow() {
		return
	}
	var real []axis
	for _, a := range s.axes {
		if a.from != nil {
			s.columns = append(s.columns, column{path: a.paths[0], axis: -1, derived: len(s.derived)})
			s.derived = append(s.derived, a)
			continue
		}
		for j, p := range a.paths {
			s.columns = append(s.columns, column{path: p, axis: len(real), col: j, derived: -1})
		}
		real = append(real, a)
	}
	s.axes = real
	for i := range s.axes {
		for _, note := range s.axes[i].notes {
			s.warn("%s: %s", s.axes[i].key, note)
		}
		if err := s.dropEqual(&s.axes[i]); err != nil {
			v.Fail(err.Error(), "values of one kind, or a fixed clock and width")
			return
		}
	}
}

// setOnce refuses two places that set one path, also where one stands for several (GLB.bandwidth for
// GLB.read.bandwidth).
func (s *Sweep) setOnce(v yamlsrc.Value, fixed []override) bool {
	type setter struct{ place, path string }
	seen := map[string]setter{}
	claim := func(place, path string) bool {
		for _, p := range s.covers(path) {
			was, ok := seen[p]
			switch {
			case !ok:
			case was.path == path:
				v.Fail(fmt.Sprintf("%s and %s both set %s", was.place, place, path), "a path in one place")
				return false
			default:
				v.Fail(fmt.Sprintf("%s sets %s and %s sets %s: both set %s", was.place, was.path, place, path, p), "a path in one place")
				return false
			}
			seen[p] = setter{place, path}
		}
		return true
	}
	for _, o := range fixed {
		if !claim(o.key, o.path) {
			return false
		}
	}
	for _, a := range s.axes {
		for _, p := range a.paths {
			if !claim(a.key, p) {
				return false
			}
		}
	}
	return true
}

// covers lists the paths that a path sets; only itself where it is not known.
func (s *Sweep) covers(path string) []string {
	if info, err := s.base.Path(path); err == nil && info.Covers != nil {
		return info.Covers
	}
	return []string{path}
}

// follow joins each `same` axis with the one it follows.
func (s *Sweep) follow() bool {
	for i := 0; i < len(s.axes); i++ {
		a := s.axes[i]
		if a.same == "" {
			continue
		}
		at := slices.IndexFunc(s.axes, func(b axis) bool { return b.same == "" && b.from == nil && slices.Contains(b.paths, a.same) })
		if at < 0 {
			a.at.Fail(a.paths[0]+" follows "+a.same+", which is no axis with values", s.withValues())
			return false
		}
		b := &s.axes[at]
		col := slices.Index(b.paths, a.same)
		b.paths = append(slices.Clone(b.paths), a.paths[0])
		for r := range b.rows {
			c, err := s.newCell(a.paths[0], b.rows[r][col].text, r)
			if err != nil {
				e := err.(*yamlsrc.Error)
				a.at.Fail(fmt.Sprintf("%s cannot be %s, as %s is: %s", a.paths[0], b.rows[r][col].text, a.same, e.Msg), e.Allowed)
				return false
			}
			b.rows[r] = append(slices.Clone(b.rows[r]), c)
		}
		s.axes = slices.Delete(s.axes, i, i+1)
		i--
	}
	return true
}

// withValues lists the paths that a `same` axis may follow.
func (s *Sweep) withValues() string {
	var out []string
	for _, a := range s.axes {
		if a.same == "" && a.from == nil {
			out = append(out, a.paths...)
		}
	}
	if out == nil {
		return "a path of an axis with values; there is none"
	}
	return strings.Join(out, ", ")
}

// dropEqual keeps the first of rows that say the same in other units. Values that only the clock or the width make
// equal (64B/cycle and 64GB/s) are compared by those; where an axis changes them, a mixture is refused, since one
// architecture could come about twice.
func (s *Sweep) dropEqual(a *axis) error {
	mixed := make([]bool, len(a.paths))
	for j, path := range a.paths {
		kinds := map[unit.Dimension]bool{}
		for _, r := range a.rows {
			if r[j].q.Value != nil {
				kinds[r[j].q.Dim] = true
			}
		}
		node, _, _ := strings.Cut(path, ".")
		if mixed[j] = len(kinds) > 1; mixed[j] && (s.varies("clock") || s.varies(node+".width")) {
			return fmt.Errorf("%s mixes values per cycle or access with others, while the clock or the width varies too", a.key)
		}
	}
	seen := map[string]string{}
	kept := a.rows[:0:0]
	for _, r := range a.rows {
		var key, text []string
		for j, c := range r {
			if mixed[j] && c.q.Value != nil {
				c.q = s.base.Converted(s.covers(a.paths[j])[0], c.q)
			}
			key, text = append(key, c.exact()), append(text, a.paths[j]+"="+r[j].text)
		}
		k, t := strings.Join(key, "\n"), strings.Join(text, " ")
		if first, ok := seen[k]; ok {
			s.warn("%s: %s is %s again, and dropped", a.key, t, first)
			continue
		}
		seen[k] = t
		kept = append(kept, r)
	}
	a.rows = kept
	return nil
}

// exact is one text for one value.
func (d datum) exact() string {
	if d.q.Value == nil {
		return d.text
	}
	return d.q.Value.RatString() + " " + d.q.Dim.String()
}

// varies reports whether a path differs between candidates.
func (s *Sweep) varies(path string) bool {
	return slices.ContainsFunc(s.columns, func(c column) bool { return c.path == path })
}
