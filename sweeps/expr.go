package sweeps

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
)

// The language of conditions and derivations: numbers with units, paths, + - * / % ^, comparisons, && || !, parentheses
// and functions. Both sides of a sum or comparison need one dimension; of a product one side, or both sides of a
// quotient the same. Rates per cycle count per second by the candidate's clock.

// expr is a node of a parsed expression.
type expr struct {
	op   string // "num", "path", a function's name, or an operator
	at   int    // place in the text, for messages
	q    unit.Quantity
	path string
	ref  *ref // of a path, once bound to a sweep
	args []*expr
}

// exprError is a mistake in an expression at a place.
type exprError struct {
	text    string
	at      int
	msg     string
	allowed string
}

func (e *exprError) Error() string { return e.msg + "\n" + e.caret() }

// caret shows the expression with a mark under the place, counted in characters.
func (e *exprError) caret() string {
	pad := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, e.text[:min(e.at, len(e.text))])
	return "  " + e.text + "\n  " + pad + "^"
}

// maxExpr bounds the text of one expression, in bytes, and with it the depth of its tree.
const maxExpr = 4096

type exprParser struct {
	text  string
	at    int
	depth int
	known []string // paths with a hyphen, which would read as a difference

	lastNumber string // the last number read that has no unit, and where it ends
	numberEnd  int
}

// parseExpr reads an expression. known lists paths that have a hyphen in them.
func parseExpr(text string, known []string) (*expr, error) {
	if len(text) > maxExpr {
		return nil, &exprError{text: text[:20] + "...", msg: fmt.Sprintf("an expression of %d bytes", len(text)), allowed: fmt.Sprintf("at most %d", maxExpr)}
	}
	if !utf8.ValidString(text) {
		return nil, &exprError{text: strings.ToValidUTF8(text, "?"), msg: "not valid UTF-8"}
	}
	p := &exprParser{text: text, known: known}
	e, err := p.binary(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(text) {
		return nil, p.unexpected("expected an operator")
	}
	return e, nil
}

func (p *exprParser) fail(format string, args ...any) error {
	return &exprError{text: p.text, at: min(p.at, len(p.text)), msg: fmt.Sprintf(format, args...)}
}

func (p *exprParser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// comparison is the level of comparisons.
const comparison = 2

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
	p.space()
	from := p.at
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
		if level != comparison {
			continue
		}
		end := p.at
		if second, ok := p.operator(level); ok {
			trim := strings.TrimSpace
			return nil, p.chained(trim(p.text[from:at]), op, trim(p.text[at+len(op):end]), second)
		}
		return left, nil
	}
}

// unary reads ! and -, and powers, which bind closer: -2^2 is -4, 2^-1 a half, 2^3^2 is 2^9.
func (p *exprParser) unary() (*expr, error) {
	p.space()
	if p.depth++; p.depth > 200 {
		return nil, p.fail("nested too deeply")
	}
	defer func() { p.depth-- }()
	at := p.at
	if at < len(p.text) && (p.text[at] == '!' || p.text[at] == '-') {
		p.at++
		e, err := p.unary()
		op := "!"
		if p.text[at] == '-' {
			op = "neg"
		}
		return &expr{op: op, at: at, args: []*expr{e}}, err
	}
	e, err := p.atom()
	if err != nil {
		return nil, err
	}
	if p.space(); p.at == len(p.text) || p.text[p.at] != '^' {
		return e, nil
	}
	at = p.at
	p.at++
	exponent, err := p.unary()
	return &expr{op: "^", at: at, args: []*expr{e, exponent}}, err
}

func (p *exprParser) atom() (*expr, error) {
	if p.at == len(p.text) {
		return nil, p.fail("the expression ends where a value is expected")
	}
	switch c := p.text[p.at]; {
	case c == '(':
		p.at++
		e, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		return e, p.expect(")")
	case c >= '0' && c <= '9' || c == '.':
		return p.number()
	case isLetter(c):
		return p.name()
	}
	return nil, p.fail("expected a number, a path, a function, ! - or (")
}

func (p *exprParser) expect(what string) error {
	if p.space(); !strings.HasPrefix(p.text[p.at:], what) {
		return p.unexpected("expected " + what)
	}
	p.at += len(what)
	return nil
}

// name reads a path or a function with its arguments.
func (p *exprParser) name() (*expr, error) {
	at := p.at
	for _, k := range p.known {
		if rest, ok := strings.CutPrefix(p.text[at:], k); ok && (rest == "" || !isPath(rest[0])) {
			p.at += len(k)
			return &expr{op: "path", at: at, path: k}, nil
		}
	}
	for p.at < len(p.text) && isPath(p.text[p.at]) {
		p.at++
	}
	name := p.text[at:p.at]
	if strings.EqualFold(name, "not") { // no path: those without a node are technology and clock
		p.at = at
		return nil, p.fail("%q is not an operator; not is !, as in !(PE.x == 4)", name)
	}
	if p.space(); p.at == len(p.text) || p.text[p.at] != '(' {
		return &expr{op: "path", at: at, path: name}, nil
	}
	f, ok := functions()[name]
	if !ok {
		p.at = at
		err := &exprError{text: p.text, at: at, msg: fmt.Sprintf("no function is called %q", name), allowed: strings.Join(functionNames(), ", ")}
		if near := yamlsrc.Nearest(name, functionNames()); near != "" {
			err.msg += fmt.Sprintf(", did you mean %q", near)
		}
		return nil, err
	}
	p.at++
	e := &expr{op: name, at: at}
	for {
		arg, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		e.args = append(e.args, arg)
		if p.space(); p.at == len(p.text) || p.text[p.at] != ',' {
			break
		}
		p.at++
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	if n := len(e.args); n < f.least || n > f.most {
		return nil, &exprError{text: p.text, at: at, msg: fmt.Sprintf("%s with %d arguments", name, n), allowed: f.usage}
	}
	return e, nil
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

func isPath(c byte) bool { return isLetter(c) || c == '.' || c >= '0' && c <= '9' }

// number reads a number with its unit; "/s", "/cycle" and "/bit" right behind a unit belong to it.
func (p *exprParser) number() (*expr, error) {
	at := p.at
	for p.at < len(p.text) && (p.text[p.at] >= '0' && p.text[p.at] <= '9' || p.text[p.at] == '.') {
		p.at++
	}
	p.skipUnit()
	q, err := unit.Parse(p.text[at:p.at])
	if err != nil {
		p.at = at
		return nil, p.fail("%v", err)
	}
	if p.lastNumber, p.numberEnd = "", p.at; q.Dim == unit.None {
		p.lastNumber = p.text[at:p.at]
	}
	return &expr{op: "num", at: at, q: q}, nil
}

// skipUnit passes over a unit.
func (p *exprParser) skipUnit() {
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
}
