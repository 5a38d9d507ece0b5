package sweeps

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"

	"tcmdse/internal/unit"
)

// value is a number in SI units, or a truth value where x is nil.
type value struct {
	x     *big.Rat
	truth bool
}

// maxBits bounds the numerator and denominator of every intermediate value, so that 2^(2^40) costs nothing.
const maxBits = 16384

// eval computes a checked expression at a point: exactly, but for log2 of what is no power of two. && and || leave out
// their right side where the left decides.
func (e *expr) eval(text string, p *point) (value, error) {
	fail := func(err error) (value, error) {
		return value{}, &exprError{text: text, at: e.at, msg: err.Error()}
	}
	switch e.op {
	case "num":
		return value{x: e.q.Value}, nil
	case "path":
		x, err := p.number(e.ref)
		if err != nil {
			return fail(err)
		}
		return value{x: x}, nil
	}
	a, err := e.args[0].eval(text, p)
	if err != nil {
		return value{}, err
	}
	switch {
	case e.op == "!":
		return value{truth: !a.truth}, nil
	case e.op == "&&" && !a.truth, e.op == "||" && a.truth:
		return a, nil
	case e.op == "neg":
		return value{x: new(big.Rat).Neg(a.x)}, nil
	case len(e.args) == 1:
		v, err := apply1(e.op, a.x)
		if err != nil {
			return fail(err)
		}
		return v, nil
	}
	for _, arg := range e.args[1:] {
		b, err := arg.eval(text, p)
		if err != nil {
			return value{}, err
		}
		if e.op == "&&" || e.op == "||" {
			return b, nil
		}
		if a, err = apply2(e.op, a.x, b.x); err != nil {
			return fail(err)
		}
	}
	return a, nil
}

// apply2 computes an operation of two numbers.
func apply2(op string, a, b *big.Rat) (value, error) {
	switch op {
	case "min", "max":
		if (a.Cmp(b) > 0) == (op == "min") {
			a = b
		}
		return value{x: a}, nil
	case "divides":
		if a.Sign() == 0 {
			return value{}, fmt.Errorf("zero divides nothing")
		}
		return value{truth: new(big.Rat).Quo(b, a).IsInt()}, nil
	case "<", "<=", ">", ">=", "==", "!=":
		c := a.Cmp(b)
		return value{truth: c < 0 && op[0] == '<' || c > 0 && op[0] == '>' || c == 0 && op[len(op)-1] == '=' && op != "!=" || c != 0 && op == "!="}, nil
	}
	x := new(big.Rat)
	switch op {
	case "+":
		x.Add(a, b)
	case "-":
		x.Sub(a, b)
	case "*":
		x.Mul(a, b)
	case "/":
		if b.Sign() == 0 {
			return value{}, fmt.Errorf("division by zero")
		}
		x.Quo(a, b)
	case "%":
		if !a.IsInt() || !b.IsInt() || b.Sign() == 0 {
			return value{}, fmt.Errorf("%% needs whole numbers, the second not zero")
		}
		x.SetInt(new(big.Int).Rem(a.Num(), b.Num()))
	case "^":
		return power(a, b)
	}
	return bounded(x)
}

func bounded(x *big.Rat) (value, error) {
	if x.Num().BitLen() > maxBits || x.Denom().BitLen() > maxBits {
		return value{}, fmt.Errorf("a number of more than %d bits", maxBits)
	}
	return value{x: x}, nil
}

// power raises to a whole exponent; 0^0 is 1.
func power(a, b *big.Rat) (value, error) {
	if !b.IsInt() {
		return value{}, fmt.Errorf("an exponent that is no whole number: %s", b.RatString())
	}
	size := int64(max(a.Num().BitLen(), a.Denom().BitLen()))
	one := a.IsInt() && a.Num().IsInt64() && (a.Num().Int64() == 1 || a.Num().Int64() == -1 || a.Sign() == 0)
	if !one && (!b.Num().IsInt64() || b.Num().CmpAbs(big.NewInt(maxBits)) > 0 || size*abs(b.Num().Int64()) > 2*maxBits) {
		return value{}, fmt.Errorf("a power of more than %d bits", maxBits)
	}
	if a.Sign() == 0 && b.Sign() < 0 {
		return value{}, fmt.Errorf("division by zero")
	}
	n := new(big.Int).Abs(b.Num())
	if one && a.Sign() != 0 {
		n.SetUint64(uint64(n.Bit(0))) // 1 and -1 only tell odd from even
	} else if one && n.Sign() != 0 {
		n.SetInt64(1)
	}
	x := new(big.Rat).SetFrac(new(big.Int).Exp(a.Num(), n, nil), new(big.Int).Exp(a.Denom(), n, nil))
	if b.Sign() < 0 {
		x.Inv(x)
	}
	return bounded(x)
}

func abs(n int64) int64 { return max(n, -n) }

// apply1 computes a function of one number.
func apply1(op string, a *big.Rat) (value, error) {
	switch op {
	case "ceil", "floor":
		q, r := new(big.Int).DivMod(a.Num(), a.Denom(), new(big.Int))
		if op == "ceil" && r.Sign() != 0 {
			q.Add(q, big.NewInt(1))
		}
		return value{x: new(big.Rat).SetInt(q)}, nil
	case "is_pow2":
		return value{truth: a.IsInt() && a.Sign() > 0 && onlyBit(a.Num())}, nil
	}
	if a.Sign() <= 0 {
		return value{}, fmt.Errorf("log2 of a number that is not above zero")
	}
	return value{x: log2(a)}, nil
}

func onlyBit(n *big.Int) bool { return int(n.TrailingZeroBits())+1 == n.BitLen() }

// log2 is exact for powers of two; else the whole part exactly and the rest to float64, its error below 2^-50.
func log2(a *big.Rat) *big.Rat {
	whole := int64(a.Num().BitLen() - a.Denom().BitLen())
	if onlyBit(a.Num()) && onlyBit(a.Denom()) {
		return new(big.Rat).SetInt64(whole)
	}
	num, den := new(big.Float).SetInt(a.Num()), new(big.Float).SetInt(a.Denom())
	num.SetMantExp(num, -a.Num().BitLen())
	den.SetMantExp(den, -a.Denom().BitLen())
	f, _ := num.Quo(num, den).Float64() // between a half and two
	x := new(big.Rat).SetFloat64(math.Log2(f))
	return x.Add(x, new(big.Rat).SetInt64(whole))
}

// perSecond turns a rate per cycle into one per second.
func perSecond(q unit.Quantity, clock *big.Rat) unit.Quantity {
	switch {
	case clock == nil:
	case q.Dim == unit.BitPerCycle:
		return unit.Quantity{Value: new(big.Rat).Mul(q.Value, clock), Dim: unit.BitPerS}
	case q.Dim == unit.PerCycle:
		return unit.Quantity{Value: new(big.Rat).Mul(q.Value, clock), Dim: unit.PerS}
	}
	return q
}

// product is a x b; false where it does not fit an int64. Neither is negative.
func product(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return int64(lo), hi == 0 && lo <= math.MaxInt64
}
