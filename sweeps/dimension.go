package sweeps

import (
	"fmt"
	"maps"
	"slices"

	"tcmdse/internal/unit"
)

// function is one of the language's functions; evaluation is in eval.go.
type function struct {
	least, most int // arguments
	usage       string
}

func functions() map[string]function {
	return map[string]function{
		"log2":    {1, 1, "log2(x): of a plain number above zero"},
		"min":     {2, maxExpr, "min(a, b, ...): of one dimension"},
		"max":     {2, maxExpr, "max(a, b, ...): of one dimension"},
		"ceil":    {1, 1, "ceil(x): of a plain number"},
		"floor":   {1, 1, "floor(x): of a plain number"},
		"is_pow2": {1, 1, "is_pow2(x): a plain number, or a size in bits"},
		"divides": {2, 2, "divides(a, b): b is a whole multiple of a"},
	}
}

func functionNames() []string { return slices.Sorted(maps.Keys(functions())) }

// kind is what an expression gives: a truth value or a quantity of a dimension.
type kind struct {
	truth bool
	dim   unit.Dimension
}

// a names the kind with its article.
func (k kind) a() string {
	if k.truth {
		return "a condition"
	}
	return k.dim.A()
}

// check finds the kind of a bound expression, or the first mistake in it, without a value: also in what && and || pass
// over.
func (e *expr) check(text string) (kind, error) {
	fail := func(format string, args ...any) (kind, error) {
		return kind{}, &exprError{text: text, at: e.at, msg: fmt.Sprintf(format, args...)}
	}
	kinds := make([]kind, len(e.args))
	for i, a := range e.args {
		var err error
		if kinds[i], err = a.check(text); err != nil {
			return kind{}, err
		}
	}
	logic := e.op == "&&" || e.op == "||" || e.op == "!"
	for _, k := range kinds {
		if logic && !k.truth {
			return fail("%s needs conditions, not %s", e.op, k.a())
		}
		if !logic && k.truth {
			return fail("%s needs numbers, not conditions", e.sign())
		}
	}
	switch e.op {
	case "num":
		return kind{dim: e.q.Dim}, nil
	case "path":
		return kind{dim: e.ref.dim}, nil
	case "&&", "||", "!":
		return kind{truth: true}, nil
	case "neg":
		return kinds[0], nil
	}
	k, msg := e.result(kinds)
	if msg != "" {
		return fail("%s", msg)
	}
	return k, nil
}

// sign is the operator as written.
func (e *expr) sign() string {
	if e.op == "neg" {
		return "-"
	}
	return e.op
}

// result is the kind of an operation on quantities, or what is wrong with it.
func (e *expr) result(k []kind) (kind, string) {
	plain := func() string {
		for _, a := range k {
			if a.dim != unit.None {
				return fmt.Sprintf("%s of %s; it takes plain numbers, such as the quotient of two", e.op, a.dim.A())
			}
		}
		return ""
	}
	switch e.op {
	case "*":
		if k[0].dim != unit.None && k[1].dim != unit.None {
			return kind{}, fmt.Sprintf("%s times %s has no meaning here", k[0].dim.A(), k[1].dim.A())
		}
		return kind{dim: max(k[0].dim, k[1].dim)}, "" // None is 0
	case "/":
		switch k[1].dim {
		case k[0].dim:
			return kind{}, ""
		case unit.None:
			return k[0], ""
		}
		return kind{}, fmt.Sprintf("%s divided by %s has no meaning here", k[0].dim.A(), k[1].dim.A())
	case "^", "log2", "ceil", "floor":
		return kind{}, plain()
	case "is_pow2":
		if k[0].dim == unit.Bits {
			return kind{truth: true}, ""
		}
		return kind{truth: true}, plain()
	}
	for _, other := range k[1:] {
		if other.dim != k[0].dim {
			return kind{}, fmt.Sprintf("%s and %s cannot meet at %s", k[0].dim.A(), other.dim.A(), e.op)
		}
	}
	switch e.op {
	case "+", "-", "%", "min", "max":
		return k[0], ""
	}
	return kind{truth: true}, "" // comparisons, divides
}
