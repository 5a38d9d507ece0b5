package sweeps

import (
	"fmt"
	"math/big"
	"strings"

	"tcmdse/internal/unit"
)

// The language of conditions: numbers with units, paths, + - * / %, comparisons, && || ! and parentheses. Both sides
// of a sum or comparison need one dimension; of a product one side, or both sides of a quotient the same. Rates per
// cycle count per second by the candidate's clock.

// expr is a node of a parsed condition.
type expr struct {
	op   string // "num", "path", or an operator
	at   int    // place in the text, for messages
	q    unit.Quantity
	path string
	args []*expr
}

// exprError is a mistake in a condition at a place.
type exprError struct {
	text string
	at   int
	msg  string
}

func (e *exprError) Error() string {
	return fmt.Sprintf("%s\n  %s\n  %s^", e.msg, e.text, strings.Repeat(" ", e.at))
}

type exprParser struct {
	text  string
	at    int
	depth int
}

// parseExpr reads a condition.
func parseExpr(text string) (*expr, error) {
	p := &exprParser{text: text}
	e, err := p.binary(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(text) {
		return nil, p.fail("expected an operator")
	}
	return e, nil
}

func (p *exprParser) fail(format string, args ...any) error {
	return &exprError{p.text, min(p.at, len(p.text)), fmt.Sprintf(format, args...)}
}

func (p *exprParser) space() {
	for p.at < len(p.text) && strings.ContainsRune(" \t", rune(p.text[p.at])) {
		p.at++
	}
}

// levels lists the operators, loosest first; longer ones before their prefixes.
func levels() [][]string {
	return [][]string{{"||"}, {"&&"}, {"<=", ">=", "==", "!=", "<", ">"}, {"+", "-"}, {"*", "/", "%"}}
}

func (p *exprParser) operator(level int) (string, bool) {
	p.space()
	for _, op := range levels()[level] {
		if strings.HasPrefix(p.text[p.at:], op) {
			return op, true
		}
	}
	return "", false
}

func (p *exprParser) binary(level int) (*expr, error) {
	if level == len(levels()) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	if err != nil {
		return nil, err
	}
	for {
		op, ok := p.operator(level)
		if !ok {
			return left, nil
		}
		at := p.at
		p.at += len(op)
		right, err := p.binary(level + 1)
		if err != nil {
			return nil, err
		}
		left = &expr{op: op, at: at, args: []*expr{left, right}}
		if level == 2 {
			return left, nil // a < b < c is a mistake; the caller finds the second operator unexpected
		}
	}
}

func (p *exprParser) unary() (*expr, error) {
	p.space()
	if p.depth++; p.depth > 200 {
		return nil, p.fail("nested too deeply")
	}
	defer func() { p.depth-- }()
	if p.at == len(p.text) {
		return nil, p.fail("the condition ends where a value is expected")
	}
	at := p.at
	switch c := p.text[p.at]; {
	case c == '!' || c == '-':
		p.at++
		e, err := p.unary()
		op := "not"
		if c == '-' {
			op = "neg"
		}
		return &expr{op: op, at: at, args: []*expr{e}}, err
	case c == '(':
		p.at++
		e, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		if p.space(); p.at == len(p.text) || p.text[p.at] != ')' {
			return nil, p.fail("expected )")
		}
		p.at++
		return e, nil
	case c >= '0' && c <= '9' || c == '.':
		return p.number()
	case isLetter(c):
		for p.at < len(p.text) && (isLetter(p.text[p.at]) || p.text[p.at] == '.' || p.text[p.at] >= '0' && p.text[p.at] <= '9') {
			p.at++
		}
		return &expr{op: "path", at: at, path: p.text[at:p.at]}, nil
	}
	return nil, p.fail("expected a number, a path, ! - or (")
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

// number reads a number with its unit; "/s", "/cycle" and "/bit" right behind a unit belong to it.
func (p *exprParser) number() (*expr, error) {
	at := p.at
	for p.at < len(p.text) && (p.text[p.at] >= '0' && p.text[p.at] <= '9' || p.text[p.at] == '.') {
		p.at++
	}
	for p.at < len(p.text) && (isLetter(p.text[p.at]) || p.text[p.at] >= '0' && p.text[p.at] <= '9' || p.text[p.at] >= 0x80) {
		p.at++
	}
	for _, per := range []string{"/cycle", "/bit", "/s"} {
		rest, ok := strings.CutPrefix(p.text[p.at:], per)
		if ok && (rest == "" || !isLetter(rest[0])) {
			p.at += len(per)
			break
		}
	}
	q, err := unit.Parse(p.text[at:p.at])
	if err != nil {
		p.at = at
		return nil, p.fail("%v", err)
	}
	return &expr{op: "num", at: at, q: q}, nil
}

// value is a number with a dimension, or a truth value.
type value struct {
	unit.Quantity
	isBool, truth bool
}

// scope gives paths their values and rates per cycle their clock.
type scope interface {
	lookup(path string) (unit.Quantity, error)
	clock() *big.Rat
}

func (e *expr) eval(text string, s scope) (value, error) {
	fail := func(format string, args ...any) (value, error) {
		return value{}, &exprError{text, e.at, fmt.Sprintf(format, args...)}
	}
	var args []value
	for _, a := range e.args {
		v, err := a.eval(text, s)
		if err != nil {
			return value{}, err
		}
		args = append(args, v)
	}
	switch e.op {
	case "num":
		return value{Quantity: perSecond(e.q, s)}, nil
	case "path":
		q, err := s.lookup(e.path)
		if err != nil {
			return fail("%v", err)
		}
		return value{Quantity: perSecond(q, s)}, nil
	case "&&", "||", "not":
		for _, a := range args {
			if !a.isBool {
				return fail("%s needs conditions, not numbers", e.op)
			}
		}
		switch e.op {
		case "&&":
			return value{isBool: true, truth: args[0].truth && args[1].truth}, nil
		case "||":
			return value{isBool: true, truth: args[0].truth || args[1].truth}, nil
		}
		return value{isBool: true, truth: !args[0].truth}, nil
	}
	for _, a := range args {
		if a.isBool {
			return fail("%s needs numbers, not conditions", e.op)
		}
	}
	if e.op == "neg" {
		return value{Quantity: unit.Quantity{Value: new(big.Rat).Neg(args[0].Value), Dim: args[0].Dim}}, nil
	}
	v, err := arithmetic(e.op, args[0], args[1])
	if err != nil {
		return fail("%v", err)
	}
	return v, nil
}

func perSecond(q unit.Quantity, s scope) unit.Quantity {
	c := s.clock()
	switch {
	case c == nil:
	case q.Dim == unit.BitPerCycle:
		return unit.Quantity{Value: new(big.Rat).Mul(q.Value, c), Dim: unit.BitPerS}
	case q.Dim == unit.PerCycle:
		return unit.Quantity{Value: new(big.Rat).Mul(q.Value, c), Dim: unit.PerS}
	}
	return q
}

func arithmetic(op string, a, b value) (value, error) {
	x := new(big.Rat)
	num := func(d unit.Dimension) (value, error) { return value{Quantity: unit.Quantity{Value: x, Dim: d}}, nil }
	switch op {
	case "*":
		if a.Dim != unit.None && b.Dim != unit.None {
			return value{}, fmt.Errorf("a %s times a %s has no meaning here", a.Dim, b.Dim)
		}
		x.Mul(a.Value, b.Value)
		return num(max(a.Dim, b.Dim)) // None is 0
	case "/":
		if b.Value.Sign() == 0 {
			return value{}, fmt.Errorf("division by zero")
		}
		x.Quo(a.Value, b.Value)
		switch b.Dim {
		case a.Dim:
			return num(unit.None)
		case unit.None:
			return num(a.Dim)
		}
		return value{}, fmt.Errorf("a %s divided by a %s has no meaning here", a.Dim, b.Dim)
	}
	if a.Dim != b.Dim {
		return value{}, fmt.Errorf("a %s and a %s cannot meet at %s", a.Dim, b.Dim, op)
	}
	switch op {
	case "+":
		x.Add(a.Value, b.Value)
		return num(a.Dim)
	case "-":
		x.Sub(a.Value, b.Value)
		return num(a.Dim)
	case "%":
		if !a.Value.IsInt() || !b.Value.IsInt() || b.Value.Sign() == 0 {
			return value{}, fmt.Errorf("%% needs whole numbers, the second not zero")
		}
		x.SetInt(new(big.Int).Rem(a.Value.Num(), b.Value.Num()))
		return num(a.Dim)
	}
	c := a.Value.Cmp(b.Value)
	truth := map[string]bool{"<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0, "==": c == 0, "!=": c != 0}[op]
	return value{isBool: true, truth: truth}, nil
}
