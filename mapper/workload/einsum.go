package workload

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tcmdse/internal/yamlsrc"
)

// readEinsum reads einsum, sizes and roles: "Z[m,n] = A[m,k] * B[k,n]", with affine indices such as 2*p+r.
func readEinsum(v yamlsrc.Value) Einsum {
	text := v.Get("einsum")
	e, err := ParseEinsum(text.Str())
	if err != nil {
		text.Fail(err.Error(), `OUT[i,j] = A[i,k] * B[k,j], indices like 2*p+r`)
		return Einsum{}
	}
	sizes := v.Need("sizes")
	for _, name := range sizes.Keys() {
		if !slices.ContainsFunc(e.Vars, func(x Var) bool { return x.Name == name }) {
			sizes.Get(name).Fail(fmt.Sprintf("the einsum has no rank variable %q", name), varNames(&e))
		}
	}
	for i := range e.Vars {
		e.Vars[i].Size = sizes.Need(e.Vars[i].Name).Int(1)
	}
	roles := v.Get("roles")
	given := map[string]bool{}
	for _, role := range []string{"inputs", "weights", "outputs"} {
		for _, name := range roles.Get(role).Strs() {
			i := slices.IndexFunc(e.Tensors, func(t Tensor) bool { return t.Name == name })
			if i < 0 || e.Tensors[i].Output != (role == "outputs") {
				roles.Get(role).Fail(fmt.Sprintf("%q cannot have this role", name), "outputs is the tensor on the left, inputs and weights are on the right")
				continue
			}
			if given[name] {
				roles.Get(role).Fail(fmt.Sprintf("%q has a role already", name), "")
			}
			given[name] = true
			e.Tensors[i].Role = role
		}
	}
	roles.Done()
	for _, t := range e.Tensors {
		if role := t.Name; slices.Contains([]string{"inputs", "weights", "outputs", "all", "none"}, role) && role != t.Role {
			text.Fail(fmt.Sprintf("a tensor called %s whose role is another: sets such as keep: %[1]s would not tell which is meant", role),
				"another name, or for inputs and weights that role, by roles")
		}
	}
	return e
}

func varNames(e *Einsum) string {
	var out []string
	for _, v := range e.Vars {
		out = append(out, v.Name)
	}
	return strings.Join(out, ", ")
}

// ParseEinsum reads the text of an Einsum; sizes are left 0. Without roles given, the output has the role outputs,
// the first operand inputs and the second weights. Errors show the place with a caret.
func ParseEinsum(text string) (Einsum, error) {
	p := &einsumParser{text: text, vars: map[string]int{}}
	out, ok := p.tensor()
	ok = ok && p.eat('=')
	var in []Tensor
	for ok {
		var t Tensor
		if t, ok = p.tensor(); !ok {
			break
		}
		in = append(in, t)
		if p.space(); p.at == len(p.text) {
			break
		}
		ok = p.eat('*')
	}
	if !ok {
		return Einsum{}, fmt.Errorf("%s\n  %s\n  %s^", p.msg, text, strings.Repeat(" ", p.at))
	}
	out.Output, out.Role = true, "outputs"
	roles := []string{"inputs", "weights"}
	for i := range in {
		if i < len(roles) {
			in[i].Role = roles[i]
		}
	}
	p.e.Tensors = append(in, out)
	for i, t := range p.e.Tensors {
		if slices.ContainsFunc(p.e.Tensors[:i], func(u Tensor) bool { return u.Name == t.Name }) {
			return Einsum{}, fmt.Errorf("tensor %s stands twice", t.Name)
		}
	}
	return p.e, nil
}

type einsumParser struct {
	text string
	at   int
	msg  string
	e    Einsum
	vars map[string]int
}

func (p *einsumParser) space() {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\t') {
		p.at++
	}
}

func (p *einsumParser) eat(c byte) bool {
	if p.space(); p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	p.msg = fmt.Sprintf("expected %q", string(c))
	return false
}

func (p *einsumParser) peek(c byte) bool {
	p.space()
	return p.at < len(p.text) && p.text[p.at] == c
}

func (p *einsumParser) name() (string, bool) {
	p.space()
	from := p.at
	for p.at < len(p.text) && yamlsrc.IsName(p.text[from:p.at+1]) && p.text[p.at] != '-' {
		p.at++
	}
	if p.at == from {
		p.msg = "expected a name"
		return "", false
	}
	return p.text[from:p.at], true
}

func (p *einsumParser) tensor() (Tensor, bool) {
	name, ok := p.name()
	t := Tensor{Name: name}
	if !ok || !p.eat('[') {
		return t, false
	}
	if p.peek(']') {
		p.at++
		return t, true
	}
	for {
		ix, ok := p.index()
		if !ok {
			return t, false
		}
		t.Dims = append(t.Dims, ix)
		if p.peek(',') {
			p.at++
			continue
		}
		return t, p.eat(']')
	}
}

// index reads terms such as 2*p + r; equal variables add up.
func (p *einsumParser) index() (Index, bool) {
	var ix Index
	for {
		coef, ok := p.coefficient()
		if !ok {
			return nil, false
		}
		name, ok := p.name()
		if !ok {
			return nil, false
		}
		v, known := p.vars[name]
		if !known {
			v = len(p.e.Vars)
			p.vars[name] = v
			p.e.Vars = append(p.e.Vars, Var{Name: name})
		}
		if i := slices.IndexFunc(ix, func(t Term) bool { return t.Var == v }); i >= 0 {
			ix[i].Coef += coef
		} else {
			ix = append(ix, Term{coef, v})
		}
		if !p.peek('+') {
			return ix, true
		}
		p.at++
	}
}

// coefficient reads an optional "2*".
func (p *einsumParser) coefficient() (int64, bool) {
	p.space()
	from := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	if p.at == from {
		return 1, true
	}
	n, err := strconv.ParseInt(p.text[from:p.at], 10, 32)
	if err != nil || n < 1 {
		p.at, p.msg = from, "a factor has to be from 1 to 2^31-1"
		return 0, false
	}
	return n, p.eat('*')
}
