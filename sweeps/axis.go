package sweeps

import (
	"fmt"
	"slices"
	"strings"

	"tcmdse/hwmodel"
	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
)

// axis is one axis of the grid: a path, or several that move together, with a row of values for each step; or a derived
// path, which moves with those that its expression names.
type axis struct {
	paths []string
	rows  [][]cell
	raw   int    // rows as written, equal ones counted
	key   string // where it stands in the file
	line  int
	same  string // the path that a `same` axis follows
	from  *derivation
}

// cell is one value of one path, checked.
type cell struct {
	datum
	edit  hwmodel.Edit
	value float64 // as in Setting
}

// datum is what a path has at some point: a quantity, or a word or "unlimited", which have no q.Value.
type datum struct {
	text string
	q    unit.Quantity
}

// maxSteps bounds one axis: beyond it a file is a mistake.
const maxSteps = 20_000

func axisForms() []string {
	return []string{"values", "range", "pow2", "linspace", "logspace", "same", "derive"}
}

// newCell checks a value of a path; row is its place on the axis.
func (s *Sweep) newCell(path, text string, row int) (cell, error) {
	e, err := s.base.Edit(path, text)
	if err != nil {
		return cell{}, err
	}
	c := cell{datum: datum{e.Text(), e.Quantity()}, edit: e}
	switch {
	case c.q.Value != nil:
		c.value = c.q.Float()
	case c.text != "unlimited":
		c.value = float64(row)
	}
	return c, nil
}

func (s *Sweep) readAxis(v yamlsrc.Value) axis {
	defer v.Done()
	if z := v.Get("zip"); z.Present() {
		return s.readZip(v, z)
	}
	a := axis{key: v.Path(), line: v.Line()}
	path := v.Need("path")
	a.paths = []string{path.Str()}
	info, err := s.base.Path(path.Str())
	if err != nil {
		if path.Present() {
			e := err.(*yamlsrc.Error)
			path.Fail(e.Msg, e.Allowed)
		}
		return a
	}
	var given []string
	for _, f := range axisForms() {
		if v.Get(f).Present() {
			given = append(given, f)
		}
	}
	if len(given) != 1 {
		v.Fail("an axis needs one of "+strings.Join(axisForms(), ", ")+", or zip", "")
		return a
	}
	f := v.Get(given[0])
	switch given[0] {
	case "same":
		a.same = f.Str()
		return a
	case "derive":
		a.from = s.readDerivation(v, info)
		return a
	}
	for i, st := range steps(given[0], f, info.Dims) {
		c, err := s.newCell(a.paths[0], st.text, i)
		if err != nil {
			e := err.(*yamlsrc.Error)
			st.at.Fail(st.complaint(e.Msg), e.Allowed)
			return a
		}
		a.rows = append(a.rows, []cell{c})
	}
	if a.raw = len(a.rows); a.raw == 0 {
		f.Fail("no values", "at least one")
	}
	return a
}

func (s *Sweep) readZip(v, z yamlsrc.Value) axis {
	a := axis{key: v.Path(), line: v.Line()}
	for i, part := range z.List() {
		p := s.readAxis(part)
		switch {
		case p.same != "" || p.from != nil:
			part.Fail("same and derive follow other axes by themselves", "outside of zip")
			return a
		case i > 0 && len(p.rows) != len(a.rows):
			part.Fail(fmt.Sprintf("zipped axes need equally many values: %d and %d", len(a.rows), len(p.rows)), "")
			return a
		case i == 0:
			a.rows = make([][]cell, len(p.rows))
		}
		a.paths = append(a.paths, p.paths...)
		for i := range p.rows {
			a.rows[i] = append(a.rows[i], p.rows[i]...)
		}
	}
	if a.raw = len(a.rows); a.raw == 0 {
		z.Fail("nothing to zip", "axes")
	}
	return a
}

// finishAxes resolves `same`, refuses a path that is set twice, drops equal rows and splits off derived paths.
func (s *Sweep) finishAxes(v yamlsrc.Value, fixed []override) {
	if !s.setOnce(v, fixed) || !s.follow(v) {
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
func (s *Sweep) follow(v yamlsrc.Value) bool {
	for i := 0; i < len(s.axes); i++ {
		a := s.axes[i]
		if a.same == "" {
			continue
		}
		at := slices.IndexFunc(s.axes, func(b axis) bool { return b.same == "" && b.from == nil && slices.Contains(b.paths, a.same) })
		if at < 0 {
			v.Fail(fmt.Sprintf("%s follows %q, which is no axis with values", a.key, a.same), "")
			return false
		}
		b := &s.axes[at]
		col := slices.Index(b.paths, a.same)
		b.paths = append(slices.Clone(b.paths), a.paths[0])
		for r := range b.rows {
			c, err := s.newCell(a.paths[0], b.rows[r][col].text, r)
			if err != nil {
				v.Fail(fmt.Sprintf("%s: %v", a.key, err), "")
				return false
			}
			b.rows[r] = append(slices.Clone(b.rows[r]), c)
		}
		s.axes = slices.Delete(s.axes, i, i+1)
		i--
	}
	return true
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
