package sweeps

import (
	"fmt"
	"math"
	"math/big"
	"strings"

	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
)

// step is the text of one value of an axis and what in the file it comes from.
type step struct {
	text string
	at   yamlsrc.Value
}

// complaint adds the value where the file itself does not show it.
func (s step) complaint(msg string) string {
	if s.at.IsMap() || s.at.IsList() {
		return fmt.Sprintf("%s: %q", msg, s.text)
	}
	return msg
}

// steps returns an axis's values.
func steps(form string, v yamlsrc.Value, dims []unit.Dimension) []step {
	type mapping struct{ example, keys string }
	forms := map[string]mapping{
		"range":    {"{from: 12.8GB/s, to: 51.2GB/s, step: 12.8GB/s}, both ends included", "from to step"},
		"linspace": {"{from: 200MHz, to: 1GHz, count: 5}", "from to count"},
		"logspace": {"{from: 64KiB, to: 4MiB, count: 7, round: 1KiB}", "from to count round"},
	}
	if m, ok := forms[form]; ok {
		if !v.IsMap() {
			v.Fail("not a mapping of keys to values", "for example "+m.example)
			return nil
		}
		v.Only(strings.Fields(m.keys)...)
	}
	var texts []string
	switch form {
	case "values":
		if !v.IsList() {
			return []step{{v.Str(), v}}
		}
		var out []step
		for _, x := range v.List() {
			out = append(out, step{x.Str(), x})
		}
		return out
	case "range":
		texts = rangeSteps(v, dims)
	case "pow2":
		texts = pow2Steps(v, dims)
	case "linspace":
		texts = linSteps(v, dims)
	case "logspace":
		texts = logSteps(v, dims)
	}
	out := make([]step, len(texts))
	for i, t := range texts {
		out[i] = step{t, v}
	}
	return out
}

// ends reads two quantities of one dimension, the first above zero and not above the second.
func ends(from, to yamlsrc.Value, dims []unit.Dimension) (a, b unit.Quantity, ok bool) {
	a, b = from.Quantity(dims...), to.Quantity(dims...)
	if a.Value == nil || b.Value == nil {
		return a, b, false
	}
	if a.Dim != b.Dim {
		to.Fail(fmt.Sprintf("%s, where from is %s", b.Dim.A(), a.Dim.A()), "")
		return a, b, false
	}
	if a.Value.Sign() <= 0 {
		from.Fail("the range does not start above zero", "0 < from <= to")
		return a, b, false
	}
	if a.Value.Cmp(b.Value) > 0 {
		to.Fail("the range is empty: it ends below "+from.Str(), "0 < from <= to")
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
	n := count(v)
	if !ok || n == 0 {
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

// count reads how many values to make; 0 after a mistake.
func count(v yamlsrc.Value) int64 {
	n := v.Need("count").Int(2)
	if n > maxSteps {
		v.Get("count").Fail("more values than an axis can have", "2 to 20,000")
		return 0
	}
	return n
}

// logSteps spaces values by equal factors, rounded to a multiple of round, at least one; the ends stay exact and
// values that rounding makes equal appear once.
func logSteps(v yamlsrc.Value, dims []unit.Dimension) []string {
	from, to, ok := ends(v.Need("from"), v.Need("to"), dims)
	n := count(v)
	r := v.Need("round").Quantity(dims...)
	if !ok || r.Value == nil || n == 0 {
		return nil
	}
	if r.Value.Sign() <= 0 || r.Dim != from.Dim {
		v.Get("round").Fail("not a grain to round to", "above zero, in the unit of from")
		return nil
	}
	var out []string
	for i := range n {
		x := new(big.Rat).Set(to.Value)
		if i < n-1 {
			f := from.Float() * math.Pow(to.Float()/from.Float(), float64(i)/float64(n-1))
			x.SetFloat64(max(1, math.Round(f/r.Float())))
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
