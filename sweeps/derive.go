package sweeps

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"tcmdse/hwmodel"
	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
)

// derivation is how a derived path follows others.
type derivation struct {
	path  string
	text  string
	e     *expr
	grain unit.Quantity // values are multiples of it; no Value: exact
	round string        // the grain as written
	info  hwmodel.PathInfo
	at    yamlsrc.Value

	state uint8          // 0: not bound yet, 1: being bound, 2: bound
	dim   unit.Dimension // of the expression
	like  string         // a quantity in whose unit values are written
	depth int            // the last axis that it depends on
}

// readDerivation parses a derived path's expression; settle binds it once all axes are known.
func (s *Sweep) readDerivation(v yamlsrc.Value, info hwmodel.PathInfo) *derivation {
	d := &derivation{path: info.Path, at: v.Get("derive"), info: info}
	d.text = d.at.Str()
	if info.Word {
		d.at.Fail(info.Path+" is a word, which no expression gives", "values")
		return d
	}
	var err error
	if d.e, err = parseExpr(d.text, s.hyphened()); err != nil {
		explain(d.at, err)
		return d
	}
	if r := v.Get("round"); r.Present() {
		d.grain, d.round = r.Quantity(info.Dims...), r.Str()
		if d.grain.Value != nil && d.grain.Value.Sign() <= 0 {
			r.Fail("not a grain to round to", "above zero")
		}
	}
	return d
}

// explain records an expression's mistake at its place in the file.
func explain(v yamlsrc.Value, err error) {
	var e *exprError
	if errors.As(err, &e) {
		v.Explain(e.msg, e.allowed, e.caret())
		return
	}
	v.Fail(err.Error(), "")
}

// settle binds and checks a derivation and those it refers to; stack holds the paths on the way.
func (s *Sweep) settle(i int, stack []string) error {
	d := s.derived[i].from
	switch {
	case d.state == 2:
		return nil
	case d.state == 1:
		loop := append(stack[slices.Index(stack, d.path):], d.path)
		return fmt.Errorf("derived in a circle: %s", strings.Join(loop, " -> "))
	}
	d.state = 1
	depth, err := s.bind(d.e, d.text, append(slices.Clone(stack), d.path))
	if err != nil {
		return err
	}
	k, err := d.e.check(d.text)
	switch {
	case err != nil:
		return err
	case k.truth:
		return &exprError{text: d.text, at: d.e.at, msg: "a condition where a value is needed"}
	case !slices.Contains(d.info.Dims, k.dim):
		return &exprError{text: d.text, at: d.e.at, msg: fmt.Sprintf("%s where %s needs %s", k.dim.A(), d.path, d.info.Dims[0].A()), allowed: yamlsrc.Examples(d.info.Dims)}
	case d.grain.Value != nil && d.grain.Dim != k.dim:
		return &exprError{text: d.text, at: d.e.at, msg: fmt.Sprintf("%s, to be rounded to %s", k.dim.A(), d.grain.Dim.A())}
	}
	d.state, d.dim, d.depth = 2, k.dim, depth
	for _, like := range []string{d.round, d.info.Text, "1" + suffixes()[k.dim]} {
		if q, err := unit.Parse(like); err == nil && q.Dim == k.dim {
			d.like = like
			break
		}
	}
	return nil
}

// suffixes are the SI units of what can be derived, sizes in bits.
func suffixes() map[unit.Dimension]string {
	return map[unit.Dimension]string{unit.Bits: "b", unit.Hertz: "Hz", unit.BitPerS: "b/s", unit.BitPerCycle: "b/cycle",
		unit.PerS: "/s", unit.PerCycle: "/cycle", unit.Joule: "J", unit.JoulePerBit: "J/bit", unit.Watt: "W",
		unit.Metre: "m", unit.SquareMetre: "m2", unit.Kelvin: "K"}
}

// settleAll binds all derivations and reports the first mistake at its place.
func (s *Sweep) settleAll() {
	for i := range s.derived {
		err := s.settle(i, nil)
		if err == nil {
			continue
		}
		at := s.derived[i].from.at
		var e *exprError
		for _, a := range s.derived { // the mistake may be in one that this one needs
			if errors.As(err, &e) && a.from.state == 1 && a.from.text == e.text {
				at = a.from.at
			}
		}
		explain(at, err)
		return
	}
}

// value computes the derivation at a point: the nearest multiple of the grain, halves upwards, at least one grain; or
// the value itself where no grain is given.
func (d *derivation) value(p *point) (datum, error) {
	v, err := d.e.eval(d.text, p)
	if err != nil {
		return datum{}, err
	}
	x := v.x
	if d.grain.Value != nil {
		n := new(big.Rat).Quo(x, d.grain.Value)
		n.Add(n, big.NewRat(1, 2))
		whole := new(big.Int).Div(n.Num(), n.Denom()) // rounds down, also below zero
		if whole.Sign() <= 0 {
			whole.SetInt64(1)
		}
		x = new(big.Rat).Mul(new(big.Rat).SetInt(whole), d.grain.Value)
	}
	text := write(x, d.like)
	q, err := unit.Parse(text)
	if err != nil || q.Value.Cmp(x) != 0 {
		return datum{}, &exprError{text: d.text, at: d.e.at, msg: fmt.Sprintf("%s would be %s in SI units, which cannot be written exactly", d.path, x.RatString()), allowed: "a positive decimal number; give round: a grain beside it"}
	}
	return datum{text, q}, nil
}
