package sweeps

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
)

// axis is one axis of the grid: a path, or several that move together, with a row of texts for each step.
type axis struct {
	paths []string
	rows  [][]string
	key   string // where it stands in the file
	line  int
	same  string // the path that a `same` axis follows
}

// maxSteps bounds one axis: beyond it a file is a mistake.
const maxSteps = 20_000

func axisForms() []string {
	return []string{"values", "range", "pow2", "linspace", "logspace", "same"}
}

func (s *Sweep) readAxis(v yamlsrc.Value) axis {
	defer v.Done()
	a := axis{key: v.Path(), line: v.Line()}
	if z := v.Get("zip"); z.Present() {
		for _, part := range z.List() {
			p := s.readAxis(part)
			if len(a.rows) > 0 && len(p.rows) != len(a.rows) {
				part.Fail(fmt.Sprintf("zipped axes need equally many values: %d and %d", len(a.rows), len(p.rows)), "")
				return a
			}
			if a.rows == nil {
				a.rows = make([][]string, len(p.rows))
			}
			a.paths = append(a.paths, p.paths...)
			for i := range p.rows {
				a.rows[i] = append(a.rows[i], p.rows[i]...)
			}
		}
		return a
	}
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
	if given[0] == "same" {
		a.same = f.Str()
		return a
	}
	for _, text := range steps(given[0], f, info.Dims) {
		if err := s.base.Clone().Set(a.paths[0], text); err != nil {
			e := err.(*yamlsrc.Error)
			f.Fail(fmt.Sprintf("%s: %q", e.Msg, text), e.Allowed)
			return a
		}
		a.rows = append(a.rows, []string{text})
	}
	if len(a.rows) == 0 {
		f.Fail("no values", "at least one")
	}
	return a
}

// steps returns the texts of an axis's values.
func steps(form string, v yamlsrc.Value, dims []unit.Dimension) []string {
	switch form {
	case "values":
		return v.Strs()
	case "range":
		defer v.Done()
		return rangeSteps(v, dims)
	case "pow2":
		return pow2Steps(v, dims)
	case "linspace":
		defer v.Done()
		return linSteps(v, dims)
	}
	defer v.Done()
	return logSteps(v, dims)
}

// ends reads two quantities of one dimension, the first above zero and not above the second.
func ends(from, to yamlsrc.Value, dims []unit.Dimension) (a, b unit.Quantity, ok bool) {
	a, b = from.Quantity(dims...), to.Quantity(dims...)
	if a.Value == nil || b.Value == nil {
		return a, b, false
	}
	if a.Dim != b.Dim {
		to.Fail(fmt.Sprintf("a %s, where from is a %s", b.Dim, a.Dim), "")
		return a, b, false
	}
	if a.Value.Sign() <= 0 || a.Value.Cmp(b.Value) > 0 {
		to.Fail("the range is empty or does not start above zero", "0 < from <= to")
		return a, b, false
	}
	return a, b, true
}

func rangeSteps(v yamlsrc.Value, dims []unit.Dimension) []string {
	from, to, ok := ends(v.Need("from"), v.Need("to"), dims)
	step := v.Need("step").Quantity(dims...)
	if !ok || step.Value == nil {
		return nil
	}
	if step.Value.Sign() <= 0 || step.Dim != from.Dim {
		v.Get("step").Fail("not a step", "above zero, in the unit of from")
		return nil
	}
	n := new(big.Rat).Quo(new(big.Rat).Sub(to.Value, from.Value), step.Value)
	if !n.IsInt() {
		v.Get("to").Fail("not reached from `from` by whole steps", "both ends are included")
		return nil
	}
	if !n.Num().IsInt64() || n.Num().Int64() >= maxSteps {
		v.Get("step").Fail("more than 20,000 steps", "")
		return nil
	}
	var out []string
	for i := range n.Num().Int64() + 1 {
		x := new(big.Rat).Mul(step.Value, big.NewRat(i, 1))
		out = append(out, write(x.Add(x, from.Value), v.Get("from").Str()))
	}
	return out
}

func pow2Steps(v yamlsrc.Value, dims []unit.Dimension) []string {
	l := v.List()
	if len(l) != 2 {
		v.Fail("not a pair", "[from, to]")
		return nil
	}
	from, to, ok := ends(l[0], l[1], dims)
	if !ok {
		return nil
	}
	var out []string
	x := new(big.Rat).Set(from.Value)
	for ; x.Cmp(to.Value) <= 0; x.Mul(x, big.NewRat(2, 1)) {
		out = append(out, write(x, l[0].Str()))
	}
	if x.Quo(x, big.NewRat(2, 1)).Cmp(to.Value) != 0 {
		l[1].Fail("not reached by doubling the first", "both ends are included")
	}
	return out
}

func linSteps(v yamlsrc.Value, dims []unit.Dimension) []string {
	from, to, ok := ends(v.Need("from"), v.Need("to"), dims)
	n := v.Need("count").Int(2)
	if !ok || n > maxSteps {
		return nil
	}
	var out []string
	for i := range n {
		x := new(big.Rat).Sub(to.Value, from.Value)
		x.Mul(x, big.NewRat(i, n-1))
		out = append(out, write(x.Add(x, from.Value), v.Get("from").Str()))
	}
	return out
}

// logSteps spaces values by equal factors, rounded to a multiple of round; the ends stay exact.
func logSteps(v yamlsrc.Value, dims []unit.Dimension) []string {
	from, to, ok := ends(v.Need("from"), v.Need("to"), dims)
	n := v.Need("count").Int(2)
	r := v.Need("round").Quantity(dims...)
	if !ok || r.Value == nil || n > maxSteps {
		return nil
	}
	if r.Value.Sign() <= 0 {
		v.Get("round").Fail("not a grain to round to", "above zero")
		return nil
	}
	var out []string
	for i := range n {
		x := new(big.Rat).Set(to.Value)
		if i < n-1 {
			f := from.Float() * math.Pow(to.Float()/from.Float(), float64(i)/float64(n-1))
			x.SetInt64(int64(math.Round(f / r.Float())))
			x.Mul(x, r.Value)
		}
		if i == 0 {
			x.Set(from.Value)
		}
		if text := write(x, v.Get("from").Str()); len(out) == 0 || out[len(out)-1] != text {
			out = append(out, text)
		}
	}
	return out
}

// write gives a value the unit of an example text, exactly where decimals can.
func write(x *big.Rat, like string) string {
	suffix := strings.TrimLeft(strings.TrimSpace(like), "0123456789.")
	one, err := unit.Parse("1" + suffix)
	if err != nil { // exponents such as 1e3Hz: the suffix starts inside the number
		return x.FloatString(0)
	}
	y := new(big.Rat).Quo(x, one.Value)
	digits, exact := y.FloatPrec()
	if !exact {
		digits = 17
	}
	return y.FloatString(digits) + suffix
}

// checkAxes resolves `same` and refuses a path that is set twice.
func (s *Sweep) checkAxes(v yamlsrc.Value) {
	seen := map[string]string{}
	for i := range s.axes {
		for _, p := range s.axes[i].paths {
			if was, ok := seen[p]; ok {
				v.Fail(fmt.Sprintf("%s and %s both set %s", was, s.axes[i].key, p), "a path on one axis")
			}
			seen[p] = s.axes[i].key
		}
	}
	for i := 0; i < len(s.axes); i++ {
		a := s.axes[i]
		if a.same == "" {
			continue
		}
		at := slices.IndexFunc(s.axes, func(b axis) bool { return b.same == "" && slices.Contains(b.paths, a.same) })
		if at < 0 {
			v.Fail(fmt.Sprintf("%s follows %q, which is no axis with values", a.key, a.same), "")
			return
		}
		b := &s.axes[at]
		col := slices.Index(b.paths, a.same)
		b.paths = append(slices.Clone(b.paths), a.paths[0])
		for r := range b.rows {
			if err := s.base.Clone().Set(a.paths[0], b.rows[r][col]); err != nil {
				v.Fail(fmt.Sprintf("%s: %v", a.key, err), "")
				return
			}
			b.rows[r] = append(slices.Clone(b.rows[r]), b.rows[r][col])
		}
		s.axes = slices.Delete(s.axes, i, i+1)
		i--
	}
}
