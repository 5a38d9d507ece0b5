package sweeps

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"tcmdse/hwmodel"
	"tcmdse/internal/yamlsrc"
)

// Setting is one parameter of a candidate.
type Setting struct {
	Path  string
	Text  string
	Value float64 // SI units, sizes in bits; rates per cycle as written; of a word its place on the axis, from 0
}

// Candidate is one architecture of a sweep.
type Candidate struct {
	Index    int64 // in the order of the grid or sample, rejected points not counted; included points come last
	Nth      int64 // among the candidates of the sequence: Index, but of a shard
	Settings []Setting
	Spec     *hwmodel.Spec
	Arch     *hwmodel.Arch
	Key      string // hash of the architecture by exact values: hwmodel.Spec.Key
	Place    Place  // where it stands, for Sweep.At
}

// OverBudget reports whether an architecture is above the sweep's area budget.
func (s *Sweep) OverBudget(a *hwmodel.Arch) bool { return s.BudgetM2 > 0 && a.AreaM2() > s.BudgetM2 }

// Candidates generates the candidates one by one, no architecture twice. The sequence ends early with an error where a
// point does not build, where a rule of `where` lets nothing through, or where there are more than max_candidates. It
// keeps nothing of the candidates but, for Sobol and Latin samples, which points were drawn. It may be called, and its
// sequences used, from several goroutines at once.
func (s *Sweep) Candidates() iter.Seq2[Candidate, error] {
	return func(yield func(Candidate, error) bool) {
		if err := s.guard(); err != nil {
			yield(Candidate{}, err)
			return
		}
		var index, nth int64
		var failed error
		ended := false
		hand := func(c Candidate, err error) bool {
			c.Index, c.Nth = index, nth
			if failed = err; err != nil {
				return false
			}
			index++
			nth++
			ended = !yield(c, nil)
			return !ended
		}
		l := s.newLog()
		extra, err := s.visit(l, nil, func(p *point) bool {
			if !s.has(p) {
				index++
				return true
			}
			return hand(s.build(p))
		})
		if err == nil {
			err = failed
		}
		switch {
		case ended:
			return
		case err == nil && index == 0:
			err = s.rejected(l)
		}
		if err != nil {
			yield(Candidate{}, err)
			return
		}
		for _, in := range extra {
			if !s.hasIncluded(in) {
				index++
				continue
			}
			if !hand(s.included(in)) {
				break
			}
		}
		if failed != nil {
			yield(Candidate{}, failed)
		}
	}
}

// visit hands on the points that are let through, and returns the inclusions that were not among them.
func (s *Sweep) visit(l *log, tick func() error, visit func(*point) bool) ([]*inclusion, error) {
	left := map[index]*inclusion{}
	for i := range s.include {
		if in := &s.include[i]; in.rows != nil {
			left[s.indexOf(in.rows)] = in
		}
	}
	see := visit
	if len(left) > 0 {
		see = func(p *point) bool {
			delete(left, s.indexOf(p.rows))
			return visit(p)
		}
	}
	var err error
	if s.sample.method == "grid" {
		w := s.newWalk(l)
		w.tick = tick
		err = w.run(see)
	} else {
		r := s.newSampleRun(l, see)
		r.tick = tick
		err = r.run()
	}
	var extra []*inclusion
	for i := range s.include {
		if in := &s.include[i]; in.rows == nil || left[s.indexOf(in.rows)] == in {
			extra = append(extra, in)
		}
	}
	return extra, err
}

// guard refuses a sweep of more candidates than max_candidates.
func (s *Sweep) guard() error {
	if s.maxCandidates == 0 {
		return nil
	}
	c, err := s.count(context.Background())
	if err != nil || c.Candidates <= s.maxCandidates {
		return err
	}
	return &yamlsrc.Error{File: s.File, Line: s.maxLine, Key: "budget.max_candidates", Msg: fmt.Sprintf("%d candidates after where and exclude", c.Candidates),
		Given: fmt.Sprint(s.maxCandidates), Allowed: "a larger guard, narrower axes, or a sample"}
}

// assemble makes the architecture of a point, without building it.
func (s *Sweep) assemble(p *point) (Candidate, error) {
	c := Candidate{Spec: s.base.Clone(), Settings: make([]Setting, 0, len(s.columns))}
	for _, col := range s.columns {
		var x cell
		if col.axis >= 0 {
			x = s.axes[col.axis].rows[p.rows[col.axis]][col.col]
		} else {
			a := &s.derived[col.derived]
			d, err := a.from.value(p)
			if err != nil {
				return c, s.atPoint(p, a.key, a.line, err)
			}
			if x, err = s.newCell(col.path, d.text, 0); err != nil {
				var e *yamlsrc.Error
				if errors.As(err, &e) {
					return c, &yamlsrc.Error{File: s.File, Line: a.line, Key: a.key, Msg: fmt.Sprintf("derived %s=%s: %s", col.path, d.text, e.Msg), Given: p.describe(), Allowed: e.Allowed}
				}
				return c, err
			}
		}
		c.Spec.Apply(x.edit)
		c.Settings = append(c.Settings, Setting{Path: col.path, Text: x.text, Value: x.value})
	}
	return c, nil
}

// build makes the candidate of a point.
func (s *Sweep) build(p *point) (Candidate, error) {
	c, err := s.assemble(p)
	if err != nil {
		return c, err
	}
	if c.Arch, err = c.Spec.Build(); err != nil {
		return c, s.unbuildable(&c, err)
	}
	c.Key = c.Spec.Key()
	c.Place = Place{grid: s.indexOf(p.rows)}
	return c, nil
}

// Place is where a candidate stands in its sweep: enough to make it again, in a few bytes.
type Place struct {
	grid    index
	include int32 // its entry of include, counted from 1; 0: it is on the grid
}

// At makes the candidate of a place again; its Index is left 0.
func (s *Sweep) At(at Place) (Candidate, error) {
	if at.include > 0 {
		return s.included(&s.include[at.include-1])
	}
	p := s.newPoint()
	s.rowsOf(at.grid, p.rows)
	return s.build(p)
}

// unbuildable says that a point of the sweep is no architecture, in terms of the sweep's file.
func (s *Sweep) unbuildable(c *Candidate, err error) error {
	out := &yamlsrc.Error{File: s.File, Key: "axes", Msg: err.Error(), Given: c.describe()}
	var e *yamlsrc.Error
	if errors.As(err, &e) {
		out.Msg, out.Allowed = e.Key+": "+e.Msg, e.Allowed
		for _, o := range s.fixed {
			if slices.Contains(s.covers(o.path), e.Key) {
				out.Key = o.key
			}
		}
		for _, a := range slices.Concat(s.axes, s.derived) {
			if slices.Contains(a.paths, e.Key) || strings.HasPrefix(a.paths[0], e.Key+".") {
				out.Key, out.Line = a.key, a.line
			}
		}
	}
	if strings.HasPrefix(out.Key, onSet) { // not the file has it
		out.File, out.Key, out.Line = out.Key, "", 0
	}
	return out
}

func (c *Candidate) describe() string {
	var out []string
	for _, s := range c.Settings {
		out = append(out, s.Path+"="+s.Text)
	}
	return strings.Join(out, " ")
}
