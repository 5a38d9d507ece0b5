package accelforge

import (
	"fmt"
	"slices"
	"strings"
)

// sets evaluates AccelForge's expressions over sets of tensors: names joined by | & - ~ and parentheses, and
// A if CONDITION else B where the condition is len(All) == 3 or the like.
type sets struct {
	universe []string
	named    func(name string) ([]string, bool)

	toks  []string
	at    int
	depth int
}

const deepest = 60

// evalSet returns the members of a set in the universe's order.
func evalSet(text string, universe []string, named func(string) ([]string, bool)) ([]string, error) {
	if len(text) > 2000 {
		return nil, fmt.Errorf("an expression of more than 2000 characters")
	}
	if i := strings.Index(text, " if "); i > 0 {
		cond, otherwise, ok := strings.Cut(text[i+4:], " else ")
		if !ok {
			return nil, fmt.Errorf("if without else")
		}
		is, err := setCondition(cond, universe, named)
		if err != nil {
			return nil, err
		}
		if is {
			return evalSet(text[:i], universe, named)
		}
		return evalSet(otherwise, universe, named)
	}
	s := &sets{universe: universe, named: named, toks: setTokens(text)}
	out, err := s.union()
	if err == nil && s.at < len(s.toks) {
		err = fmt.Errorf("%q was not expected", s.toks[s.at])
	}
	return out, err
}

// setCondition evaluates len(SET) == N, or a set that is true where it has members.
func setCondition(text string, universe []string, named func(string) ([]string, bool)) (bool, error) {
	text = strings.TrimSpace(text)
	inner, ok := strings.CutPrefix(text, "len(")
	if !ok {
		list, err := evalSet(text, universe, named)
		return len(list) > 0, err
	}
	set, rest, ok := strings.Cut(inner, ")")
	var n int
	var op string
	if k, _ := fmt.Sscanf(strings.TrimSpace(rest), "%s %d", &op, &n); !ok || k != 2 {
		return false, fmt.Errorf("a condition other than len(SET) == N")
	}
	list, err := evalSet(set, universe, named)
	if err != nil {
		return false, err
	}
	switch op {
	case "==":
		return len(list) == n, nil
	case "!=":
		return len(list) != n, nil
	case ">":
		return len(list) > n, nil
	case ">=":
		return len(list) >= n, nil
	case "<":
		return len(list) < n, nil
	case "<=":
		return len(list) <= n, nil
	}
	return false, fmt.Errorf("a comparison %q", op)
}

func setTokens(text string) []string {
	var out []string
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case strings.IndexByte("|&~-()", c) >= 0:
			out = append(out, string(c))
			i++
		default:
			j := i
			for j < len(text) && strings.IndexByte(" \t\r\n|&~-()", text[j]) < 0 {
				j++
			}
			out = append(out, text[i:j])
			i = j
		}
	}
	return out
}

func (s *sets) peek() string {
	if s.at < len(s.toks) {
		return s.toks[s.at]
	}
	return ""
}

func (s *sets) union() ([]string, error) {
	if s.depth++; s.depth > deepest {
		return nil, fmt.Errorf("more than %d levels", deepest)
	}
	defer func() { s.depth-- }()
	a, err := s.meet()
	for err == nil && s.peek() == "|" {
		s.at++
		var b []string
		if b, err = s.meet(); err == nil {
			a = s.filter(func(t string) bool { return slices.Contains(a, t) || slices.Contains(b, t) })
		}
	}
	return a, err
}

func (s *sets) meet() ([]string, error) {
	a, err := s.minus()
	for err == nil && s.peek() == "&" {
		s.at++
		var b []string
		if b, err = s.minus(); err == nil {
			a = s.filter(func(t string) bool { return slices.Contains(a, t) && slices.Contains(b, t) })
		}
	}
	return a, err
}

func (s *sets) minus() ([]string, error) {
	a, err := s.atom()
	for err == nil && s.peek() == "-" {
		s.at++
		var b []string
		if b, err = s.atom(); err == nil {
			a = s.filter(func(t string) bool { return slices.Contains(a, t) && !slices.Contains(b, t) })
		}
	}
	return a, err
}

func (s *sets) filter(f func(string) bool) []string {
	out := []string{}
	for _, t := range s.universe {
		if f(t) {
			out = append(out, t)
		}
	}
	return out
}

func (s *sets) atom() ([]string, error) {
	if s.depth++; s.depth > deepest {
		return nil, fmt.Errorf("more than %d levels", deepest)
	}
	defer func() { s.depth-- }()
	tok := s.peek()
	s.at++
	switch tok {
	case "":
		return nil, fmt.Errorf("the expression ends too soon")
	case "~":
		a, err := s.atom()
		return s.filter(func(t string) bool { return !slices.Contains(a, t) }), err
	case "(":
		a, err := s.union()
		if err == nil && s.peek() != ")" {
			err = fmt.Errorf("a parenthesis is not closed")
		}
		s.at++
		return a, err
	case "|", "&", "-", ")":
		return nil, fmt.Errorf("%q was not expected", tok)
	case "All":
		return slices.Clone(s.universe), nil
	case "Nothing":
		return []string{}, nil
	}
	if list, ok := s.named(tok); ok {
		return s.filter(func(t string) bool { return slices.Contains(list, t) }), nil
	}
	return nil, fmt.Errorf("the set %q is not known here", tok)
}
