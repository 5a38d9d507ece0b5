package sweeps

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tcmdse/hwmodel"
	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
)

// exclusion is one entry of `exclude`: a point is dropped where all its paths have these values.
type exclusion struct {
	key   string
	wants []want
	depth int
	told  bool // that it excludes nothing
}

type want struct {
	ref *ref
	datum
	given string
}

// entry is one path of a map of include or exclude.
type entry struct {
	path string
	cell
}

// readEntries reads a map of paths to values.
func (s *Sweep) readEntries(v yamlsrc.Value) []entry {
	var out []entry
	seen := map[string]string{}
	for _, path := range v.Keys() {
		x := v.Get(path)
		c, err := s.newCell(path, x.Str(), 0)
		if err != nil {
			e := err.(*yamlsrc.Error)
			x.Fail(e.Msg, e.Allowed)
			return nil
		}
		for _, p := range s.covers(path) {
			if was, ok := seen[p]; ok {
				x.Fail(fmt.Sprintf("%s and %s both mean %s", was, path, p), "a path once")
			}
			seen[p] = path
		}
		out = append(out, entry{path, c})
	}
	if len(out) == 0 {
		v.Fail("names no path", "a mapping of paths to values, such as {PE.x: 12, GLB.size: 108KiB}")
	}
	return out
}

func (s *Sweep) readExclusion(v yamlsrc.Value) exclusion {
	x := exclusion{key: v.Path(), depth: -1}
	for _, e := range s.readEntries(v) {
		for _, path := range s.covers(e.path) {
			r, err := s.find(path, nil)
			if err != nil { // a mistake in a derivation, told there
				return x
			}
			x.wants = append(x.wants, want{r, e.datum, e.path + "=" + e.text})
			x.depth = max(x.depth, r.depth)
			if s.clock != nil && (r.derived >= 0 || s.mixes(r, e.q.Dim)) {
				x.depth = max(x.depth, s.clock.depth)
			}
			if !x.told && !s.possible(r, e.datum) {
				s.warn("%s: no candidate has %s=%s, so that nothing is excluded", x.key, e.path, e.text)
				x.told = true
			}
		}
	}
	return x
}

// mixes reports whether the clock may decide if a path equals a value of a dimension.
func (s *Sweep) mixes(r *ref, d unit.Dimension) bool {
	if r.axis < 0 {
		return r.base.q.Value != nil && r.base.q.Dim != d
	}
	return slices.ContainsFunc(s.axes[r.axis].rows, func(row []cell) bool { return row[r.col].q.Value != nil && row[r.col].q.Dim != d })
}

// possible reports whether a path may have a value at some point; true where only counting would tell.
func (s *Sweep) possible(r *ref, d datum) bool {
	if r.derived >= 0 || d.q.Value != nil && s.mixes(r, d.q.Dim) {
		return true
	}
	if r.axis < 0 {
		return d.exact() == r.base.exact()
	}
	return slices.ContainsFunc(s.axes[r.axis].rows, func(row []cell) bool { return row[r.col].exact() == d.exact() })
}

// matches reports whether a point has all the values of an exclusion, compared as exact quantities.
func (x *exclusion) matches(p *point) (bool, error) {
	for _, w := range x.wants {
		d, err := p.at(w.ref)
		if err != nil {
			return false, err
		}
		a, b := d.q, w.q
		switch {
		case a.Value == nil || b.Value == nil:
			if a.Value != b.Value || d.text != w.text {
				return false, nil
			}
			continue
		case a.Dim != b.Dim:
			a, b = perSecond(a, p.clock()), perSecond(b, p.clock())
		}
		if a.Dim != b.Dim || a.Value.Cmp(b.Value) != 0 {
			return false, nil
		}
	}
	return true, nil
}

// inclusion is one entry of `include`: the base architecture with some paths set.
type inclusion struct {
	key     string
	line    int
	spec    *hwmodel.Spec
	id      string // its key
	entries []entry
	rows    []int // where on the grid the same architecture stands; nil: nowhere
}

// readInclusion reads an entry; false for one that is an earlier one again.
func (s *Sweep) readInclusion(v yamlsrc.Value) (inclusion, bool) {
	in := inclusion{key: v.Path(), line: v.Line(), spec: s.base.Clone(), entries: s.readEntries(v)}
	for _, e := range in.entries {
		in.spec.Apply(e.edit)
	}
	in.id = in.spec.Key()
	for _, other := range s.include {
		if other.id == in.id {
			s.warn("%s: the architecture of %s again, and dropped", in.key, other.key)
			return in, false
		}
	}
	if in.rows = s.onGrid(in.spec); in.rows == nil {
		s.warnOfKept(&in)
	}
	return in, true
}

// warnOfKept tells of paths that follow others on the grid, but not in an entry that leaves them out: a derived area
// that stays the architecture's 0 would put the point on every front.
func (s *Sweep) warnOfKept(in *inclusion) {
	named := func(path string) bool {
		return slices.ContainsFunc(in.entries, func(e entry) bool { return e.path == path })
	}
	var kept []string
	for _, a := range slices.Concat(s.axes, s.derived) {
		follows := a.from != nil || a.same != "" || slices.ContainsFunc(a.paths, named)
		for _, path := range a.paths {
			if info, err := in.spec.Path(path); err == nil && follows && !named(path) {
				kept = append(kept, fmt.Sprintf("%s (%s)", path, cmp.Or(info.Text, "not given")))
			}
		}
	}
	if len(kept) > 0 {
		s.warn("%s: keeps the architecture's own %s: what is derived or zipped on the grid does not follow here unless it is named", in.key, strings.Join(kept, ", "))
	}
}

// onGrid finds the point of the grid that is this architecture: rows by their values, then the whole by its key.
func (s *Sweep) onGrid(spec *hwmodel.Spec) []int {
	p := s.newPoint()
	for i := range s.axes {
		a := &s.axes[i]
		at := slices.IndexFunc(a.rows, func(row []cell) bool {
			for j, c := range row {
				path := s.covers(a.paths[j])[0]
				info, err := spec.Path(path)
				if err != nil {
					return false
				}
				has := datum{text: info.Text}
				if q, err := unit.Parse(info.Text); err == nil && c.q.Value != nil {
					has.q, c.q = spec.Converted(path, q), spec.Converted(path, c.q)
				}
				if has.exact() != c.exact() {
					return false
				}
			}
			return true
		})
		if at < 0 {
			return nil
		}
		p.rows[i] = at
	}
	if c, err := s.assemble(p); err != nil || c.Spec.Key() != spec.Key() {
		return nil
	}
	return p.rows
}

// included builds an included point. It has a setting for every path of the axes that has a value, then its own.
func (s *Sweep) included(in *inclusion) (Candidate, error) {
	c := Candidate{Spec: in.spec.Clone(), Key: in.id}
	for i := range s.include {
		if &s.include[i] == in {
			c.Place.include = int32(i + 1)
		}
	}
	named := map[string]entry{}
	for _, e := range in.entries {
		named[e.path] = e
	}
	for _, col := range s.columns {
		if _, ok := named[col.path]; ok {
			continue
		}
		if info, err := in.spec.Path(col.path); err == nil && info.Text != "" {
			if cell, err := s.newCell(col.path, info.Text, 0); err == nil {
				named[col.path] = entry{col.path, cell}
			}
		}
	}
	for _, col := range s.columns {
		if e, ok := named[col.path]; ok {
			c.Settings = append(c.Settings, Setting{col.path, e.text, s.place(col, e.cell)})
		}
	}
	for _, e := range in.entries {
		if !s.varies(e.path) {
			c.Settings = append(c.Settings, Setting{e.path, e.text, e.value})
		}
	}
	var err error
	if c.Arch, err = c.Spec.Build(); err != nil {
		return c, &yamlsrc.Error{File: s.File, Line: in.line, Key: in.key, Msg: err.Error(), Given: c.describe()}
	}
	return c, nil
}

// place is the value of an included setting: of a word its place on the axis, after the last for one not there.
func (s *Sweep) place(col column, c cell) float64 {
	if c.q.Value != nil || c.text == "unlimited" || col.axis < 0 {
		return c.value
	}
	rows := s.axes[col.axis].rows
	for i := range rows {
		if rows[i][col.col].text == c.text {
			return float64(i)
		}
	}
	return float64(len(rows))
}
