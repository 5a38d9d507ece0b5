package sweeps

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
)

// column is one path that candidates have a setting for: of an axis, or derived.
type column struct {
	path      string
	axis, col int // axis -1: none
	derived   int // -1: none
}

// ref is where an expression finds a path's value: on an axis, derived, or fixed.
type ref struct {
	column
	base  datum
	dim   unit.Dimension // rates per second where there is a clock
	depth int            // the last axis that the value depends on, -1: none
}

// point is a place on the grid at which expressions are evaluated.
type point struct {
	s    *Sweep
	rows []int   // of each axis
	memo []datum // derived values at this point
	have []bool
}

func (s *Sweep) newPoint() *point {
	return &point{s: s, rows: make([]int, len(s.axes)), memo: make([]datum, len(s.derived)), have: make([]bool, len(s.derived))}
}

// moved has to be called after rows changed.
func (p *point) moved() { clear(p.have) }

// at returns the value of a path at the point, as written.
func (p *point) at(r *ref) (datum, error) {
	switch {
	case r.axis >= 0:
		return p.s.axes[r.axis].rows[p.rows[r.axis]][r.col].datum, nil
	case r.derived < 0:
		return r.base, nil
	case p.have[r.derived]:
		return p.memo[r.derived], nil
	}
	d, err := p.s.derived[r.derived].from.value(p)
	if err != nil {
		return d, err
	}
	p.memo[r.derived], p.have[r.derived] = d, true
	return d, nil
}

// number returns the value of a path in SI units, a rate per second where there is a clock.
func (p *point) number(r *ref) (*big.Rat, error) {
	d, err := p.at(r)
	if err != nil {
		return nil, err
	}
	if d.q.Value == nil {
		return nil, fmt.Errorf("%s is %s here, which is no number", r.path, d.text)
	}
	if d.q.Dim != r.dim {
		d.q = perSecond(d.q, p.clock())
	}
	return d.q.Value, nil
}

// clock returns the point's clock in Hz; nil where there is none.
func (p *point) clock() *big.Rat {
	if p.s.clock == nil {
		return nil
	}
	d, _ := p.at(p.s.clock)
	return d.q.Value
}

// describe writes the values of the axes.
func (p *point) describe() string {
	var out []string
	for _, c := range p.s.columns {
		if c.axis >= 0 {
			out = append(out, c.path+"="+p.s.axes[c.axis].rows[p.rows[c.axis]][c.col].text)
		}
	}
	return strings.Join(out, " ")
}

// find returns where a path's value is found. Settled says of derived paths that they are bound; those in stack are
// being bound.
func (s *Sweep) find(path string, stack []string) (*ref, error) {
	info, err := s.base.Path(path)
	if err != nil {
		e := err.(*yamlsrc.Error)
		return nil, errors.New(e.Msg)
	}
	r := &ref{column: column{path: path, axis: -1, derived: -1}, depth: -1}
	for _, c := range s.columns {
		if slices.Contains(s.covers(c.path), s.covers(path)[0]) {
			r.column, r.path = c, path
		}
	}
	switch {
	case r.axis >= 0:
		r.depth = r.axis
	case r.derived >= 0:
		if err := s.settle(r.derived, stack); err != nil {
			return nil, err
		}
		r.dim, r.depth = s.derived[r.derived].from.dim, s.derived[r.derived].from.depth
	default:
		r.base.text = info.Text
		if q, err := unit.Parse(info.Text); err == nil && !info.Word {
			r.base.q = q
		}
	}
	return r, nil
}

// numeric prepares a ref for arithmetic: one dimension, rates counted per second where there is a clock.
func (s *Sweep) numeric(r *ref) error {
	if r.derived >= 0 {
		return nil
	}
	var data []datum
	if r.axis < 0 {
		if r.base.text == "" || r.base.text == "unlimited" {
			return fmt.Errorf("%s has no value in this architecture", r.path)
		}
		data = []datum{r.base}
	} else {
		for _, row := range s.axes[r.axis].rows {
			data = append(data, row[r.col].datum)
		}
	}
	found, known := unit.None, false
	for _, d := range data {
		dim := d.q.Dim
		switch {
		case d.q.Value == nil:
			continue
		case s.clock != nil && dim == unit.BitPerCycle:
			dim = unit.BitPerS
		case s.clock != nil && dim == unit.PerCycle:
			dim = unit.PerS
		}
		if dim != d.q.Dim {
			r.depth = max(r.depth, s.clock.depth)
		}
		if known && dim != found {
			return fmt.Errorf("%s is %s on some points and %s on others", r.path, found.A(), dim.A())
		}
		found, known = dim, true
	}
	if !known {
		return fmt.Errorf("%s is %s, which is no number", r.path, data[0].text)
	}
	r.dim = found
	return nil
}

// bind gives every path in an expression its place. It returns the last axis that the expression depends on.
func (s *Sweep) bind(e *expr, text string, stack []string) (int, error) {
	depth := -1
	switch {
	case e.op == "path":
		r, err := s.find(e.path, stack)
		if err == nil {
			err = s.numeric(r)
		}
		var in *exprError
		switch {
		case errors.As(err, &in):
			return 0, err
		case err != nil:
			return 0, &exprError{text: text, at: e.at, msg: err.Error()}
		}
		e.ref = r
		return r.depth, nil
	case e.op == "num" && (e.q.Dim == unit.BitPerCycle || e.q.Dim == unit.PerCycle) && s.clock != nil:
		r := &ref{column: column{path: "a rate", axis: -1, derived: -1}, base: datum{q: e.q, text: "a rate"}, depth: -1}
		e.op, e.ref = "path", r
		return s.clock.depth, s.numeric(r)
	}
	for _, a := range e.args {
		d, err := s.bind(a, text, stack)
		if err != nil {
			return 0, err
		}
		depth = max(depth, d)
	}
	return depth, nil
}

// hyphened lists the paths that hold a hyphen, longest first.
func (s *Sweep) hyphened() []string {
	var out []string
	for _, p := range s.base.Paths() {
		if strings.Contains(p.Path, "-") {
			out = append(out, p.Path)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}
