package expr

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// parser reads a text by recursive descent and evaluates as it goes.
type parser struct {
	text  string
	pos   int
	tok   string // the token at hand, "" at the end
	kind  byte   // 'n' number, 's' string, 'w' word, 'o' operator
	names Names
}

func isLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// next reads the next token.
func (p *parser) next() error {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
	p.tok, p.kind = "", 0
	if p.pos == len(p.text) {
		return nil
	}
	start, c := p.pos, p.text[p.pos]
	switch {
	case isDigit(c) || c == '.' && p.pos+1 < len(p.text) && isDigit(p.text[p.pos+1]):
		p.kind = 'n'
		for p.pos < len(p.text) && p.inNumber(start) {
			p.pos++
		}
	case isLetter(c):
		p.kind = 'w'
		for p.pos < len(p.text) && (isLetter(p.text[p.pos]) || isDigit(p.text[p.pos])) {
			p.pos++
		}
	case c == '"' || c == '\'':
		end := strings.IndexByte(p.text[p.pos+1:], c)
		if end < 0 {
			return fmt.Errorf("a text without its closing quote")
		}
		p.kind, p.pos, p.tok = 's', p.pos+end+2, p.text[p.pos+1:p.pos+1+end]
		if p.tok == "" {
			p.tok = " " // the empty text: no token may be ""
		}
		return nil
	default:
		p.kind = 'o'
		p.pos++
		if two := p.text[start:min(start+2, len(p.text))]; slices.Contains([]string{"**", "//", "==", "!=", "<=", ">="}, two) {
			p.pos++
		}
	}
	p.tok = p.text[start:p.pos]
	return nil
}

// inNumber reports whether the number that began at start goes on at the place at hand.
func (p *parser) inNumber(start int) bool {
	c := p.text[p.pos]
	if isDigit(c) || c == '.' || c == '_' || isLetter(c) {
		return true
	}
	before := p.text[max(start, p.pos-1)]
	hex := strings.HasPrefix(strings.ToLower(p.text[start:p.pos]), "0x")
	return (c == '+' || c == '-') && (before == 'e' || before == 'E') && !hex
}

func (p *parser) isOp(ops ...string) bool  { return p.kind == 'o' && slices.Contains(ops, p.tok) }
func (p *parser) isWord(ws ...string) bool { return p.kind == 'w' && slices.Contains(ws, p.tok) }
func (p *parser) want(op string) (err error) {
	if !p.isOp(op) {
		return fmt.Errorf("%q is missing before %q", op, p.tok)
	}
	return p.next()
}

// choice reads A if C else B. Both branches are evaluated, and errors of the one not taken forgotten: it may name what
// is not there.
func (p *parser) choice(depth int) (any, error) {
	if depth > deepest {
		return nil, fmt.Errorf("more than %d levels of parentheses", deepest)
	}
	a, errA := p.either(depth)
	if !p.isWord("if") {
		return a, errA
	}
	if err := p.next(); err != nil {
		return nil, err
	}
	c, err := p.either(depth)
	if err != nil {
		return nil, err
	}
	if !p.isWord("else") {
		return nil, fmt.Errorf("if without else")
	}
	if err := p.next(); err != nil {
		return nil, err
	}
	b, errB := p.choice(depth + 1)
	if truth(c) {
		return a, errA
	}
	return b, errB
}

// either reads "or" and "and", not binding tighter.
func (p *parser) either(depth int) (any, error) {
	return p.words(depth, "or", func(depth int) (any, error) { return p.words(depth, "and", p.not) })
}

func (p *parser) words(depth int, word string, part func(int) (any, error)) (any, error) {
	a, err := part(depth)
	for p.isWord(word) {
		if e := p.next(); e != nil {
			return nil, e
		}
		b, errB := part(depth)
		switch {
		case err != nil:
		case truth(a) == (word == "or"): // decided: what follows does not count
		default:
			a, err = b, errB
		}
	}
	return a, err
}

func (p *parser) not(depth int) (any, error) {
	if depth > deepest {
		return nil, fmt.Errorf("more than %d signs", deepest)
	}
	if p.isWord("not") {
		if err := p.next(); err != nil {
			return nil, err
		}
		v, err := p.not(depth + 1)
		return !truth(v), err
	}
	a, err := p.binary(depth, []string{"+", "-"}, func(depth int) (any, error) {
		return p.binary(depth, []string{"*", "/", "//", "%"}, p.sign)
	})
	if !p.isOp("==", "!=", "<", "<=", ">", ">=") {
		return a, err
	}
	op := p.tok
	if e := p.next(); e != nil {
		return nil, e
	}
	b, errB := p.binary(depth, []string{"+", "-"}, func(depth int) (any, error) {
		return p.binary(depth, []string{"*", "/", "//", "%"}, p.sign)
	})
	if err != nil || errB != nil {
		return nil, first(err, errB)
	}
	return compare(op, a, b)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) binary(depth int, ops []string, part func(int) (any, error)) (any, error) {
	a, err := part(depth)
	for p.isOp(ops...) {
		op := p.tok
		if e := p.next(); e != nil {
			return nil, e
		}
		b, errB := part(depth)
		if err = first(err, errB); err == nil {
			a, err = arith(op, a, b)
		}
	}
	return a, err
}

func (p *parser) sign(depth int) (any, error) {
	if depth > deepest {
		return nil, fmt.Errorf("more than %d signs", deepest)
	}
	if p.isOp("-", "+") {
		op := p.tok
		if err := p.next(); err != nil {
			return nil, err
		}
		v, err := p.sign(depth + 1)
		if err != nil {
			return nil, err
		}
		return arith(op, 0.0, v)
	}
	a, err := p.atom(depth)
	if !p.isOp("**") {
		return a, err
	}
	if e := p.next(); e != nil {
		return nil, e
	}
	b, errB := p.sign(depth + 1)
	if err = first(err, errB); err != nil {
		return nil, err
	}
	return arith("**", a, b)
}

func (p *parser) atom(depth int) (any, error) {
	tok, kind := p.tok, p.kind
	if tok == "" {
		return nil, fmt.Errorf("the expression ends too soon")
	}
	if err := p.next(); err != nil {
		return nil, err
	}
	switch kind {
	case 'n':
		f, err := strconv.ParseFloat(strings.ReplaceAll(tok, "_", ""), 64)
		if err != nil {
			return nil, fmt.Errorf("%q is no number", tok)
		}
		return f, nil
	case 's':
		if tok == " " {
			tok = ""
		}
		return tok, nil
	case 'w':
		return p.name(tok, depth)
	}
	if tok != "(" {
		return nil, fmt.Errorf("%q was not expected", tok)
	}
	v, err := p.choice(depth + 1)
	if e := p.want(")"); e != nil {
		return nil, first(err, e)
	}
	return v, err
}

// name reads what follows a word: dots, ["keys"] or arguments.
func (p *parser) name(name string, depth int) (any, error) {
	if p.isOp("(") {
		return p.arguments(name, depth)
	}
	for p.isOp(".", "[") {
		bracket := p.tok == "["
		if err := p.next(); err != nil {
			return nil, err
		}
		if p.kind != 'w' && !(bracket && p.kind == 's') {
			return nil, fmt.Errorf("a name is missing after %q", name)
		}
		name += "." + p.tok
		if err := p.next(); err != nil {
			return nil, err
		}
		if bracket {
			if err := p.want("]"); err != nil {
				return nil, err
			}
		}
	}
	switch strings.ToLower(name) {
	case "inf", ".inf":
		return math.Inf(1), nil
	case "true":
		return true, nil
	case "false", "none":
		return false, nil
	}
	if p.names != nil {
		if v, ok := p.names(name); ok {
			return v, nil
		}
	}
	return nil, fmt.Errorf("%q is not known here", name)
}

func (p *parser) arguments(name string, depth int) (any, error) {
	var args []any
	if err := p.next(); err != nil {
		return nil, err
	}
	for !p.isOp(")") {
		v, err := p.choice(depth + 1)
		if err != nil {
			return nil, err
		}
		args = append(args, v)
		if !p.isOp(",") {
			break
		}
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	if err := p.want(")"); err != nil {
		return nil, err
	}
	return call(name, args)
}
