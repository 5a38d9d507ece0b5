package sweeps

import (
	"fmt"
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
	same  string        // the path that a `same` axis follows
	at    yamlsrc.Value // of same: where it stands
	notes []string      // warnings, for when the axis is known to stay
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

// axisForm returns the one form in which an axis is given, "" after a mistake. A misspelt key is told first: beside it
// the form would only seem to be missing.
func axisForm(v yamlsrc.Value) string {
	all := append(axisForms(), "zip")
	v.Only(append(all, "path", "round")...)
	var given []string
	for _, f := range all {
		if v.Get(f).Present() {
			given = append(given, f)
		}
	}
	if len(given) == 1 && given[0] == "zip" && v.Get("path").Present() {
		given = append(given, "path")
	}
	one := "one of " + strings.Join(axisForms(), ", ") + ", or zip"
	switch {
	case len(given) == 0:
		v.Fail("an axis needs "+one, "")
		return ""
	case len(given) > 1:
		v.Explain("both "+given[0]+" and "+given[1]+" are given", one, "")
		return ""
	}
	if r := v.Get("round"); r.Present() && given[0] != "derive" {
		r.Fail("round beside "+given[0], "round beside derive, or inside of logspace")
	}
	return given[0]
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
	form := axisForm(v)
	if form == "zip" {
		return s.readZip(v, v.Get("zip"))
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
	f := v.Get(form)
	switch form {
	case "": // told
		return a
	case "same":
		a.same, a.at = f.Str(), f
		return a
	case "derive":
		a.from = s.readDerivation(v, info)
		return a
	}
	for i, st := range steps(form, f, info.Dims) {
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
	if form == "logspace" && f.Get("count").Int(2) > int64(a.raw) {
		a.notes = append(a.notes, fmt.Sprintf("logspace has %d different values, not %s: others are these again once they are rounded to %s",
			a.raw, f.Get("count").Str(), f.Get("round").Str()))
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
		a.paths, a.notes = append(a.paths, p.paths...), append(a.notes, p.notes...)
		for i := range p.rows {
			a.rows[i] = append(a.rows[i], p.rows[i]...)
		}
	}
	if a.raw = len(a.rows); a.raw == 0 {
		z.Fail("nothing to zip", "axes")
	}
	return a
}
