package sweeps

import (
	"math/big"

	"tcmdse/internal/yamlsrc"
)

// No two points that a walk yields are one architecture, so that none has to be remembered. A candidate's key holds
// every path's exact value (hwmodel.Spec.Key). Two points of the grid differ in the row of some axis, and rows of one
// axis differ in the exact value of some path (dropEqual). That path is set by nothing else (setOnce: derived paths,
// `set` and overlapping paths such as GLB.bandwidth and GLB.read.bandwidth are refused), so it stands in both keys with
// its own value. The key counts rates per cycle by the clock and accesses by the width. Where clocks or widths differ,
// their own values in the key differ. Where they do not, both points convert by the same factors above zero, which keep
// different values of one kind apart; a mixture of kinds on one axis is refused where clock or width vary, and compared
// as converted where they do not. Included points are compared with the grid by key, once, when the file is read.

// walk visits the points of the grid that `where` and `exclude` let through, the last axis fastest. A rule is tried as
// soon as the axes that it depends on have a value: what it rejects there is passed over as a whole.
type walk struct {
	s     *Sweep
	p     *point
	log   *log
	depth int // axes to visit; the rest of the grid is the same at every point
	tick  func() error

	rules   [][]int // of s.where, by depth + 1
	exclude [][]int
	unsure  int // rules that failed on the way: the whole is tried again in the file's order
}

// log is what a walk or a sample found out about the rules.
type log struct {
	tried, passed []bool // by rule
	matched       []bool // by exclusion
}

func (s *Sweep) newLog() *log {
	return &log{make([]bool, len(s.where)), make([]bool, len(s.where)), make([]bool, len(s.exclude))}
}

func (s *Sweep) newWalk(l *log) *walk {
	w := &walk{s: s, p: s.newPoint(), log: l, depth: len(s.axes), rules: make([][]int, len(s.axes)+1), exclude: make([][]int, len(s.axes)+1)}
	for i, c := range s.where {
		w.rules[c.depth+1] = append(w.rules[c.depth+1], i)
	}
	for i, x := range s.exclude {
		w.exclude[x.depth+1] = append(w.exclude[x.depth+1], i)
	}
	return w
}

// decided is how many of the first axes decide whether a point is let through.
func (w *walk) decided() int {
	n := len(w.s.axes)
	for n > 0 && len(w.rules[n]) == 0 && len(w.exclude[n]) == 0 {
		n--
	}
	return n
}

// run visits the points; visit returns false to end.
func (w *walk) run(visit func(*point) bool) error {
	if !w.admits(-1) {
		return nil
	}
	_, err := w.descend(0, visit)
	return err
}

func (w *walk) descend(axis int, visit func(*point) bool) (bool, error) {
	if axis == w.depth {
		if w.unsure > 0 {
			if ok, err := w.s.admits(w.p, w.log); !ok || err != nil {
				return true, err
			}
		}
		return visit(w.p), nil
	}
	unsure := w.unsure
	for r := range w.s.axes[axis].rows {
		w.p.rows[axis] = r
		w.p.moved()
		w.unsure = unsure
		if w.tick != nil {
			if err := w.tick(); err != nil {
				return false, err
			}
		}
		if !w.admits(axis) {
			continue
		}
		if more, err := w.descend(axis+1, visit); !more || err != nil {
			return false, err
		}
	}
	w.unsure = unsure
	return true, nil
}

// admits tries what depends on an axis and none behind it.
func (w *walk) admits(axis int) bool {
	for _, i := range w.rules[axis+1] {
		w.log.tried[i] = true
		ok, err := w.s.where[i].holds(w.p)
		if err != nil {
			w.unsure++
			continue
		}
		if !ok {
			return false
		}
		w.log.passed[i] = true
	}
	for _, i := range w.exclude[axis+1] {
		ok, err := w.s.exclude[i].matches(w.p)
		if err != nil {
			w.unsure++
		}
		if ok {
			w.log.matched[i] = true
			return false
		}
	}
	return true
}

// admits tries all rules and exclusions on a point, in the order of the file.
func (s *Sweep) admits(p *point, l *log) (bool, error) {
	for i, c := range s.where {
		l.tried[i] = true
		ok, err := c.holds(p)
		if err != nil {
			return false, s.atPoint(p, c.key, c.line, err)
		}
		if !ok {
			return false, nil
		}
		l.passed[i] = true
	}
	for i := range s.exclude {
		ok, err := s.exclude[i].matches(p)
		if err != nil {
			return false, s.atPoint(p, s.exclude[i].key, 0, err)
		}
		if ok {
			l.matched[i] = true
			return false, nil
		}
	}
	return true, nil
}

// rejected says which rule left no candidates.
func (s *Sweep) rejected(l *log) error {
	for depth := -1; depth < len(s.axes); depth++ {
		for i, c := range s.where {
			if c.depth == depth && l.tried[i] && !l.passed[i] {
				return &yamlsrc.Error{File: s.File, Line: c.line, Key: c.key, Msg: "this rule rejects every candidate that the other rules let through", Given: c.text}
			}
		}
	}
	return &yamlsrc.Error{File: s.File, Key: "axes", Msg: "no candidates: where and exclude reject them all"}
}

// grid returns the number of points of the whole grid.
func (s *Sweep) grid() *big.Int {
	n := big.NewInt(1)
	for _, a := range s.axes {
		n.Mul(n, big.NewInt(int64(len(a.rows))))
	}
	return n
}

// Raw returns the number of points of the grid as written, or of the sample, with those included: before `where`,
// `exclude` and equal points.
func (s *Sweep) Raw() *big.Int {
	n := big.NewInt(1)
	for _, a := range s.axes {
		n.Mul(n, big.NewInt(int64(a.raw)))
	}
	if s.sample.method != "grid" && n.Cmp(big.NewInt(s.sample.count)) > 0 {
		n.SetInt64(s.sample.count)
	}
	return n.Add(n, big.NewInt(int64(s.includes)))
}
