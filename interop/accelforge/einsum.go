package accelforge

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"tcmdse/interop/foreign"
)

// access is one tensor of an Einsum: ranks (names of dimensions) with the affine expression that each is.
type access struct {
	name   string
	output bool
	ranks  []string
	exprs  [][]term
	bits   foreign.Value
	at     foreign.Value
}

// term is coef times a rank variable.
type term struct {
	coef int64
	name string
}

var (
	accessText = regexp.MustCompile(`^\s*([A-Za-z_]\w*)\s*\[([^\[\]]*)\]\s*`)
	rankText   = regexp.MustCompile(`^\s*([A-Za-z_]\w*)\s*:\s*(.*)$`)
	plainName  = regexp.MustCompile(`^[A-Za-z_]\w*$`)
)

// parseEinsum reads "Z[m, n] = A[m, k] * B[k, N: n]"; joined says by what the operands are joined, "" for one.
func parseEinsum(text string) (list []access, joined string, err error) {
	if len(text) > 4000 {
		return nil, "", fmt.Errorf("an Einsum of more than 4000 characters")
	}
	left, right, ok := strings.Cut(text, "=")
	if !ok {
		return nil, "", fmt.Errorf("no = between the result and its operands")
	}
	out, rest, err := parseAccess(left)
	if err != nil {
		return nil, "", err
	}
	if rest != "" {
		return nil, "", fmt.Errorf("%q was not expected before the =", rest)
	}
	out.output = true
	for {
		var a access
		if a, right, err = parseAccess(right); err != nil {
			return nil, "", err
		}
		list = append(list, a)
		if right == "" {
			return append(list, out), joined, nil
		}
		if right[0] != '*' {
			joined = right[:1]
		} else if joined == "" {
			joined = "*"
		}
		right = right[1:]
	}
}

func parseAccess(text string) (a access, rest string, err error) {
	m := accessText.FindStringSubmatch(text)
	if m == nil {
		return a, "", fmt.Errorf("a tensor such as A[m, k] is missing at %q", strings.TrimSpace(text))
	}
	a.name = m[1]
	for _, part := range strings.Split(m[2], ",") {
		if strings.TrimSpace(part) == "" && m[2] != "" {
			return a, "", fmt.Errorf("an index is missing in %s", a.name)
		}
		if strings.TrimSpace(part) == "" {
			continue
		}
		rank, expr := "", part
		if r := rankText.FindStringSubmatch(part); r != nil {
			rank, expr = r[1], r[2]
		}
		if err := a.addRank(rank, expr); err != nil {
			return a, "", err
		}
	}
	return a, text[len(m[0]):], nil
}

// addRank adds a dimension; its name is that of its variable in capitals where none is given.
func (a *access) addRank(rank, expr string) error {
	terms, err := affine(expr)
	if err != nil {
		return fmt.Errorf("%s: %w", a.name, err)
	}
	if rank == "" {
		if len(terms) != 1 || terms[0].coef != 1 {
			return fmt.Errorf("%s: the dimension %q needs a name", a.name, strings.TrimSpace(expr))
		}
		rank = strings.ToUpper(terms[0].name)
	}
	a.ranks = append(a.ranks, rank)
	a.exprs = append(a.exprs, terms)
	return nil
}

// affine reads p * 2 + r, 2*p+r.
func affine(text string) ([]term, error) {
	var out []term
	for _, part := range strings.Split(text, "+") {
		t := term{coef: 1}
		for _, f := range strings.Split(part, "*") {
			f = strings.TrimSpace(f)
			n, err := strconv.ParseInt(f, 10, 32)
			switch {
			case err == nil && n >= 1:
				t.coef *= n
			case plainName.MatchString(f) && t.name == "":
				t.name = f
			default:
				return nil, fmt.Errorf("%q is not a sum of variables with whole factors", strings.TrimSpace(text))
			}
		}
		if t.name == "" || t.coef > 1<<40 {
			return nil, fmt.Errorf("%q is not a sum of variables with whole factors", strings.TrimSpace(text))
		}
		out = append(out, t)
	}
	return out, nil
}

// text writes the access as workload.ParseEinsum reads it.
func (a *access) text() string {
	dims := make([]string, len(a.exprs))
	for i, terms := range a.exprs {
		parts := make([]string, len(terms))
		for k, t := range terms {
			if parts[k] = t.name; t.coef != 1 {
				parts[k] = fmt.Sprintf("%d*%s", t.coef, t.name)
			}
		}
		dims[i] = strings.Join(parts, "+")
	}
	return a.name + "[" + strings.Join(dims, ",") + "]"
}
