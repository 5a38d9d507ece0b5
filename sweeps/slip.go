package sweeps

import (
	"fmt"
	"strings"

	"tcmdse/internal/unit"
)

// Slips are what other languages write and this one does not. The parser finds each where it can go on no further; here
// is what to say of it.

// slips lists signs that are no operators, longer ones before their prefixes, and what to write.
func slips() [][2]string {
	return [][2]string{{"=<", "at most is <="}, {"=>", "at least is >="}, {"=", "equality is =="}, {"&", "and is &&"}, {"|", "or is ||"}}
}

// word returns the letters at the parser's place.
func (p *exprParser) word() string {
	n := p.at
	for n < len(p.text) && isLetter(p.text[n]) {
		n++
	}
	return p.text[p.at:n]
}

// unexpected says what is wrong at a place where an operator, or what closes, was expected; otherwise is for what is no
// slip that is known.
func (p *exprParser) unexpected(otherwise string) error {
	for _, s := range slips() {
		if strings.HasPrefix(p.text[p.at:], s[0]) {
			return p.fail("%s is not an operator; %s", s[0], s[1])
		}
	}
	word := p.word()
	switch strings.ToLower(word) {
	case "and":
		return p.fail("%q is not an operator; and is &&", word)
	case "or":
		return p.fail("%q is not an operator; or is ||", word)
	case "":
		return p.fail("%s", otherwise)
	}
	if n := p.lastNumber; n != "" && strings.TrimSpace(p.text[p.numberEnd:p.at]) == "" {
		if _, err := unit.Parse(n + word); err == nil || unit.Near(word) != nil {
			from := p.at
			p.skipUnit()
			whole := p.text[from:p.at]
			p.at = from
			return p.fail("no space between a number and its unit: %s%s", n, whole)
		}
	}
	return p.fail("%s", otherwise)
}

// maxAdvice bounds the comparison that is written out as advice.
const maxAdvice = 120

// chained says how to write a < b < c: left and middle are its texts with the first operator, and the parser stands at
// the second.
func (p *exprParser) chained(left, op, middle, second string) error {
	at := p.at
	p.at += len(second)
	from := p.at
	_, err := p.binary(comparison + 1)
	right := strings.TrimSpace(p.text[from:p.at])
	p.at = at
	advice := fmt.Sprintf("%s %s %s && %s %s %s", left, op, middle, middle, second, right)
	if err != nil || len(advice) > maxAdvice {
		advice = "a < b && b < c"
	}
	return p.fail("comparisons cannot be chained; write %s", advice)
}
