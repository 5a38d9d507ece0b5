// Package expr evaluates the arithmetic that configuration files of Timeloop and AccelForge write where a number is meant:
// 1024*64*8, 1e-9, depth * width, "3 * output.bits_per_value", "16 if weight else 0".
//
// The language is a part of Python's expressions: numbers, strings, names with dots and ["keys"], + - * / // % **,
// comparisons, and, or, not, A if C else B, and a few functions. There are no side effects, no loops and no strings
// beyond comparing them, so an evaluation takes time in proportion to its text.
//
//	v, err := expr.Number("depth * width / 8", func(name string) (any, bool) { ... })
//
// A name is looked up by its whole path, dots included; what is not known is an error that names it. expr.go has the
// entry points, values and functions, parse.go the grammar, which evaluates as it goes.
package expr

import (
	"fmt"
	"math"
	"strings"
)

// Names looks up a name, dots included ("buffer.attributes.width"): a float64, bool, string, or a []string where a set is
// meant.
type Names func(name string) (value any, ok bool)

const (
	longest = 4096 // characters of an expression
	deepest = 100  // parentheses, signs and powers inside each other
)

// Eval evaluates an expression to a float64, bool, string or []string. The error says what was not understood.
func Eval(text string, names Names) (any, error) {
	if len(text) > longest {
		return nil, fmt.Errorf("an expression of more than %d characters", longest)
	}
	p := &parser{text: text, names: names}
	if err := p.next(); err != nil {
		return nil, err
	}
	v, err := p.choice(0)
	if err != nil {
		return nil, err
	}
	if p.tok != "" {
		return nil, fmt.Errorf("%q was not expected", p.tok)
	}
	return v, nil
}

// Number evaluates an expression whose value is a finite number; true counts as 1.
func Number(text string, names Names) (float64, error) {
	v, err := Eval(text, names)
	if err != nil {
		return 0, err
	}
	f, err := number(v)
	if err != nil {
		return 0, err
	}
	if math.IsNaN(f) {
		return 0, fmt.Errorf("the value is not a number")
	}
	return f, nil
}

// Truth evaluates a condition.
func Truth(text string, names Names) (bool, error) {
	v, err := Eval(text, names)
	return err == nil && truth(v), err
}

func number(v any) (float64, error) {
	switch v := v.(type) {
	case float64:
		return v, nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case string:
		return 0, fmt.Errorf("%q is a text where a number is needed", v)
	}
	return 0, fmt.Errorf("a set where a number is needed")
}

func truth(v any) bool {
	switch v := v.(type) {
	case float64:
		return v != 0
	case bool:
		return v
	case string:
		return v != ""
	case []string:
		return len(v) > 0
	}
	return false
}

// call applies a function.
func call(name string, args []any) (any, error) {
	if name == "len" && len(args) == 1 {
		switch v := args[0].(type) {
		case []string:
			return float64(len(v)), nil
		case string:
			return float64(len(v)), nil
		}
		return nil, fmt.Errorf("len of what is no set")
	}
	x := make([]float64, len(args))
	for i, a := range args {
		f, err := number(a)
		if err != nil {
			return nil, err
		}
		x[i] = f
	}
	one := map[string]func(float64) float64{"ceil": math.Ceil, "floor": math.Floor, "round": math.RoundToEven, "abs": math.Abs,
		"sqrt": math.Sqrt, "log2": math.Log2, "log10": math.Log10, "log": math.Log, "exp": math.Exp, "int": math.Trunc,
		"float": func(f float64) float64 { return f }}
	if f, ok := one[name]; ok && len(x) == 1 {
		return f(x[0]), nil
	}
	switch {
	case name == "pow" && len(x) == 2:
		return math.Pow(x[0], x[1]), nil
	case name == "min" && len(x) > 0, name == "max" && len(x) > 0:
		best := x[0]
		for _, f := range x[1:] {
			if name == "min" {
				best = min(best, f)
			} else {
				best = max(best, f)
			}
		}
		return best, nil
	}
	return nil, fmt.Errorf("no function %s of %d arguments; there are min, max, ceil, floor, round, abs, sqrt, log, log2, log10, exp, pow, int, float, len", name, len(args))
}

// compare applies a comparison to two numbers or two texts.
func compare(op string, a, b any) (bool, error) {
	s, isS := a.(string)
	t, isT := b.(string)
	if isS && isT {
		switch op {
		case "==":
			return s == t, nil
		case "!=":
			return s != t, nil
		}
		return false, fmt.Errorf("texts are compared by == and != only")
	}
	if isS != isT {
		return op == "!=", nil
	}
	x, err := number(a)
	if err != nil {
		return false, err
	}
	y, err := number(b)
	if err != nil {
		return false, err
	}
	return map[string]bool{"==": x == y, "!=": x != y, "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[op], nil
}

// arith applies an operator to two numbers as Python does: // and % round towards minus infinity.
func arith(op string, a, b any) (any, error) {
	x, err := number(a)
	if err != nil {
		return nil, err
	}
	y, err := number(b)
	if err != nil {
		return nil, err
	}
	if y == 0 && strings.Contains("/ // %", op) {
		return nil, fmt.Errorf("a division by zero")
	}
	switch op {
	case "+":
		return x + y, nil
	case "-":
		return x - y, nil
	case "*":
		return x * y, nil
	case "/":
		return x / y, nil
	case "//":
		return math.Floor(x / y), nil
	case "%":
		return x - y*math.Floor(x/y), nil
	}
	return math.Pow(x, y), nil
}
