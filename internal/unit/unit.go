// Package unit reads and writes quantities with units, exactly: 128KiB, 25.6GB/s, 64B/cycle, 0.249pJ/bit, 0.3mm2.
//
// SI prefixes go with every unit, Ki, Mi, Gi and Ti with bytes and bits; B is bytes, b bits, µ and u the same. Values are
// rationals in SI units (sizes in bits), so that grids over them have no rounding. A number without a unit has dimension
// None: who needs a unit refuses it.
//
//	q, err := unit.Parse("128KiB")   // q.Dim is unit.Bits, q.Int() is 1048576
//	unit.Format(0.0123, unit.Joule)  // 12.3mJ
//
// Formats of numbers are those that no two readers take differently: no sign, no leading zeros, exponents of two digits
// at most, 60 characters. Format is for people: three significant digits, the exact value is gone.
//
// unit.go parses and formats, near.go proposes the unit that was probably meant.
package unit

import (
	"fmt"
	"math"
	"math/big"
	"strings"
)

// Dimension is what a quantity measures.
type Dimension uint8

// The dimensions. PerCycle dimensions become per-second ones by a clock.
const (
	None Dimension = iota
	Bits
	Hertz
	BitPerS
	BitPerCycle
	PerS
	PerCycle
	Joule
	JoulePerBit
	Watt
	Metre
	SquareMetre
	Kelvin
)

var names = [...]string{"number", "size", "frequency", "bandwidth", "bandwidth per cycle", "rate", "rate per cycle",
	"energy", "energy per bit", "power", "length", "area", "temperature"}

// String names the dimension for messages.
func (d Dimension) String() string { return names[d] }

// A names the dimension with its article: a size, an area.
func (d Dimension) A() string {
	if n := d.String(); strings.IndexByte("aeiou", n[0]) >= 0 {
		return "an " + n
	}
	return "a " + d.String()
}

// SI names the unit that values of the dimension are counted in.
func (d Dimension) SI() string {
	return [...]string{"", "b", "Hz", "b/s", "b/cycle", "1/s", "1/cycle", "J", "J/bit", "W", "m", "m2", "K"}[d]
}

// Example returns a quantity as one might write it.
func (d Dimension) Example() string {
	return [...]string{"4", "128KiB", "200MHz", "25.6GB/s", "64B/cycle", "1/s", "1/cycle", "1.2pJ", "0.25pJ/bit", "1.1mW", "65nm", "0.3mm2", "350K"}[d]
}

// Quantity is an exact value in SI units (bits for sizes) with its dimension.
type Quantity struct {
	Value *big.Rat
	Dim   Dimension
}

// Float returns the value as the nearest float64.
func (q Quantity) Float() float64 { f, _ := q.Value.Float64(); return f }

// Int returns the value where it is a whole number that fits an int64.
func (q Quantity) Int() (int64, bool) {
	if !q.Value.IsInt() || !q.Value.Num().IsInt64() {
		return 0, false
	}
	return q.Value.Num().Int64(), true
}

// base units with the power of their prefix (areas square it).
type base struct {
	dim    Dimension
	factor int64
	power  int
	binary bool
}

func bases() map[string]base {
	return map[string]base{
		"B": {Bits, 8, 1, true}, "b": {Bits, 1, 1, true}, "Hz": {Hertz, 1, 1, false}, "J": {Joule, 1, 1, false},
		"W": {Watt, 1, 1, false}, "m": {Metre, 1, 1, false}, "m2": {SquareMetre, 1, 2, false}, "K": {Kelvin, 1, 1, false},
	}
}

func prefix(p string) (exp int, ok bool) {
	switch p {
	case "":
		return 0, true
	case "µ", "μ":
		return -6, true
	}
	i := strings.Index("afpnum kMGTP", p)
	if i < 0 || len(p) != 1 || p == " " {
		return 0, false
	}
	return (i - 6) * 3, true
}

// Parse reads a quantity. A bare number has dimension None.
func Parse(s string) (Quantity, error) {
	s = strings.TrimSpace(s)
	n := numberLen(s)
	if n == 0 {
		return Quantity{}, fmt.Errorf("%q does not start with a number", s)
	}
	v, ok := new(big.Rat).SetString(s[:n])
	if !ok {
		return Quantity{}, fmt.Errorf("%q is not a number", s[:n])
	}
	text := strings.TrimSpace(s[n:])
	if longExponent(text) {
		return Quantity{}, fmt.Errorf("%q has an exponent of more than two digits", s)
	}
	top, per, divided := strings.Cut(text, "/")
	q := Quantity{Value: v}
	if top != "" {
		if !scale(&q, top) {
			return Quantity{}, fmt.Errorf("%q has no unit that is known: %q%s", s, top, didYouMean(top, all()))
		}
	}
	if !divided {
		return q, nil
	}
	d, ok := over(q.Dim, per)
	if !ok {
		return Quantity{}, fmt.Errorf("%q: %s per %q is not known%s", s, q.Dim, per, didYouMean(per, []string{"s", "cycle", "bit"}))
	}
	q.Dim = d
	if per == "B" {
		q.Value.Quo(q.Value, big.NewRat(8, 1))
	}
	return q, nil
}

// over returns the dimension of a quotient.
func over(d Dimension, per string) (Dimension, bool) {
	switch {
	case per == "s" && d == Bits:
		return BitPerS, true
	case per == "cycle" && d == Bits:
		return BitPerCycle, true
	case per == "s" && d == None:
		return PerS, true
	case per == "cycle" && d == None:
		return PerCycle, true
	case d == Joule && (per == "bit" || per == "b" || per == "B"):
		return JoulePerBit, true
	}
	return 0, false
}

// scale multiplies by a unit such as KiB, GHz or mm2 and sets its dimension.
func scale(q *Quantity, text string) bool {
	for name, b := range bases() {
		p, ok := strings.CutSuffix(text, name)
		if !ok {
			continue
		}
		if i, ok := strings.CutSuffix(p, "i"); ok && b.binary {
			exp := strings.Index("KMGT", i)
			if exp < 0 || len(i) != 1 {
				continue
			}
			q.Value.Mul(q.Value, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(b.factor), uint(10*(exp+1)))))
			q.Dim = b.dim
			return true
		}
		exp, ok := prefix(p)
		if !ok {
			continue
		}
		ten := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(abs(exp*b.power))), nil))
		if exp < 0 {
			ten.Inv(ten)
		}
		q.Value.Mul(q.Value, ten.Mul(ten, big.NewRat(b.factor, 1)))
		q.Dim = b.dim
		return true
	}
	return false
}

func abs(x int) int { return max(x, -x) }

// numberLen returns the length of the decimal number at the start: digits, one point, an exponent; no sign, no
// leading zeros (010 would be eight to some readers), at most 60 characters, exponents of at most two digits.
func numberLen(s string) int {
	i, digits := 0, 0
	for ; i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.'); i++ {
		if s[i] != '.' {
			digits++
		} else if strings.Contains(s[:i], ".") {
			return 0
		}
	}
	if digits == 0 || i > 60 || i > 1 && s[0] == '0' && s[1] != '.' {
		return 0
	}
	if j := i; j < len(s) && (s[j] == 'e' || s[j] == 'E') {
		j++
		if j < len(s) && (s[j] == '-' || s[j] == '+') {
			j++
		}
		from := j
		for ; j < len(s) && s[j] >= '0' && s[j] <= '9'; j++ {
		}
		if j > from && j-from <= 2 {
			return j
		}
	}
	return i
}

// longExponent reports whether what follows a number is an exponent that numberLen left behind.
func longExponent(s string) bool {
	if s == "" || s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = strings.TrimLeft(s[1:], "+-")
	return s != "" && s[0] >= '0' && s[0] <= '9'
}

// Format writes a value in SI units for people: three significant digits and a prefix, sizes in bytes with binary
// prefixes. Values that are not finite print as "-".
func Format(v float64, d Dimension) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "-"
	}
	switch d {
	case Bits:
		return formatBits(v)
	case SquareMetre:
		return trim(v*1e6) + "mm2"
	case BitPerS:
		return si(v/8, "B/s")
	case Hertz:
		return si(v, "Hz")
	case Joule:
		return si(v, "J")
	case JoulePerBit:
		return si(v, "J/bit")
	case Watt:
		return si(v, "W")
	case Metre:
		return si(v, "m")
	case Kelvin:
		return trim(v) + "K"
	}
	return trim(v)
}

func formatBits(v float64) string {
	if math.Mod(v, 8) != 0 {
		return trim(v) + "b"
	}
	v /= 8
	for _, p := range []struct {
		f float64
		n string
	}{{1 << 40, "TiB"}, {1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if v >= p.f {
			return trim(v/p.f) + p.n
		}
	}
	return trim(v) + "B"
}

func si(v float64, name string) string {
	if v == 0 {
		return "0" + name
	}
	const prefixes = "afpnum kMGTP"
	exp := int(math.Floor(math.Log10(math.Abs(v)) / 3))
	exp = min(max(exp, -6), 5)
	p := strings.TrimSpace(prefixes[exp+6 : exp+7])
	if p == "u" {
		p = "µ"
	}
	return trim(v/math.Pow(1000, float64(exp))) + p + name
}

// trim writes three significant digits without trailing zeros or exponent.
func trim(v float64) string {
	if v != 0 && (math.Abs(v) >= 1e6 || math.Abs(v) < 1e-3) {
		return fmt.Sprintf("%.3g", v)
	}
	digits := 0
	if v != 0 {
		digits = max(0, 2-int(math.Floor(math.Log10(math.Abs(v)))))
	}
	s := fmt.Sprintf("%.*f", digits, v)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
