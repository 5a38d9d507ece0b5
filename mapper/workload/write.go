package workload

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// Doc is what a workload file tells its readers beside the network.
type Doc struct {
	Description, Source string            // keys of the file; "": left out
	Comments            []string          // lines at its head
	Layers              map[string]string // comment at a layer, by name
}

// Write writes a network as a workload file, layers as conv or matmul where they are of that
// form. It fails where no file can say what the network is: names that Parse refuses, sizes that cannot be counted,
// a third operand that alone has a role. Rank variables of an Einsum read back in the order in which they occur in it.
func Write(w io.Writer, n *Network, d Doc) error {
	var b strings.Builder
	for _, c := range d.Comments {
		for line := range strings.Lines(c) {
			b.WriteString("# " + oneLine(line) + "\n")
		}
	}
	fmt.Fprintf(&b, "name: %s\n", scalar(n.Name))
	if d.Description != "" {
		fmt.Fprintf(&b, "description: %s\n", scalar(d.Description))
	}
	if d.Source != "" {
		fmt.Fprintf(&b, "source: %s\n", scalar(d.Source))
	}
	if len(n.Layers) == 0 {
		return errors.New("a network of no layers cannot be written")
	}
	common, all := n.commonBits()
	if all {
		fmt.Fprintf(&b, "bits: %s\n", common)
	}
	b.WriteString("layers:\n")
	for i := range n.Layers {
		l := &n.Layers[i]
		text, err := l.write(!all)
		if err != nil {
			return fmt.Errorf("layer %s: %w", l.Name, err)
		}
		b.WriteString("  - " + text)
		if c := d.Layers[l.Name]; c != "" {
			b.WriteString("  # " + oneLine(c))
		}
		b.WriteString("\n")
	}
	if _, err := Parse([]byte(b.String()), n.Name); err != nil {
		return fmt.Errorf("the network cannot be written as a workload file: %w", err)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (l *Layer) write(bits bool) (string, error) {
	e := &l.Einsum
	parts := []string{"name: " + scalar(l.Name)}
	if s, ok := e.convShape(); ok {
		parts = append(parts, "conv: "+s.text())
	} else if batch, m, k, n, ok := e.matmulShape(); ok {
		text := fmt.Sprintf("M: %d, K: %d, N: %d}", m, k, n)
		if batch != 0 {
			text = fmt.Sprintf("B: %d, ", batch) + text
		}
		parts = append(parts, "matmul: {"+text)
	} else {
		roles, err := e.rolesText()
		if err != nil {
			return "", err
		}
		parts = append(parts, `einsum: "`+e.Text()+`"`)
		sizes := make([]string, len(e.Vars))
		for i, v := range e.Vars {
			sizes[i] = fmt.Sprintf("%s: %d", v.Name, v.Size)
		}
		parts = append(parts, "sizes: {"+strings.Join(sizes, ", ")+"}")
		if roles != "" {
			parts = append(parts, "roles: {"+roles+"}")
		}
	}
	if bits {
		widths := make([]string, len(e.Tensors))
		for i, t := range e.Tensors {
			widths[i] = fmt.Sprintf("%s: %d", t.Name, t.Bits)
		}
		parts = append(parts, "bits: {"+strings.Join(widths, ", ")+"}")
	}
	if l.Count != 1 {
		parts = append(parts, fmt.Sprintf("count: %d", l.Count))
	}
	return "{" + strings.Join(parts, ", ") + "}", nil
}

func (s ConvShape) text() string {
	var parts []string
	add := func(key string, x, usual int64) {
		if x != usual {
			parts = append(parts, fmt.Sprintf("%s: %d", key, x))
		}
	}
	pair := func(key string, h, w int64) {
		if h == w {
			add(key, h, 1)
		} else {
			parts = append(parts, fmt.Sprintf("%s: [%d, %d]", key, h, w))
		}
	}
	add("N", s.N, 1)
	add("C", s.C, 0)
	add("M", s.M, 0)
	add("P", s.P, 0)
	add("Q", s.Q, 0)
	add("R", s.R, 0)
	add("S", s.S, 0)
	pair("stride", s.StrideH, s.StrideW)
	pair("dilation", s.DilationH, s.DilationW)
	add("groups", s.Groups, 1)
	return "{" + strings.Join(parts, ", ") + "}"
}

// Text returns the Einsum as ParseEinsum reads it, without sizes: "Z[m,n] = A[m,k] * B[k,n]".
func (e *Einsum) Text() string {
	var out string
	var in []string
	for _, t := range e.Tensors {
		dims := make([]string, len(t.Dims))
		for i, ix := range t.Dims {
			terms := make([]string, len(ix))
			for j, x := range ix {
				if terms[j] = e.Vars[x.Var].Name; x.Coef != 1 {
					terms[j] = strconv.FormatInt(x.Coef, 10) + "*" + terms[j]
				}
			}
			dims[i] = strings.Join(terms, "+")
		}
		if text := t.Name + "[" + strings.Join(dims, ",") + "]"; t.Output {
			out = text
		} else {
			in = append(in, text)
		}
	}
	return out + " = " + strings.Join(in, " * ")
}

// rolesText returns the roles that the reader has to be told, which gives inputs and weights to the first two operands.
func (e *Einsum) rolesText() (string, error) {
	usual := []string{"inputs", "weights"}
	names := map[string][]string{}
	for i, t := range e.Tensors {
		had := ""
		switch {
		case t.Output:
			had = "outputs"
		case i < len(usual):
			had = usual[i]
		}
		if t.Role == had {
			continue
		}
		if t.Role == "" || t.Output {
			return "", fmt.Errorf("tensor %s has the role %q, which a file can only say as %q", t.Name, t.Role, had)
		}
		names[t.Role] = append(names[t.Role], t.Name)
	}
	var parts []string
	for _, role := range usual {
		if len(names[role]) > 0 {
			parts = append(parts, role+": ["+strings.Join(names[role], ", ")+"]")
		}
	}
	return strings.Join(parts, ", "), nil
}

// commonBits returns the widths as one value at the top of the file, where one says those of every layer.
func (n *Network) commonBits() (text string, ok bool) {
	by := map[string]int64{}
	equal, roles := true, true
	var first int64
	for i := range n.Layers {
		for _, t := range n.Layers[i].Einsum.Tensors {
			if first == 0 {
				first = t.Bits
			}
			equal = equal && t.Bits == first
			if had, ok := by[t.Role]; t.Role == "" || ok && had != t.Bits {
				roles = false
			}
			by[t.Role] = t.Bits
		}
	}
	if equal {
		return strconv.FormatInt(first, 10), true
	}
	var parts []string
	for _, role := range []string{"inputs", "weights", "outputs"} {
		if b, ok := by[role]; ok {
			parts = append(parts, fmt.Sprintf("%s: %d", role, b))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}", roles
}

// scalar writes text so that YAML reads it back as that text, inside braces too.
func scalar(text string) string {
	text = oneLine(text)
	out, err := yaml.Marshal([]string{text})
	plain := strings.TrimSuffix(strings.TrimPrefix(string(out), "- "), "\n")
	if err != nil || strings.Contains(plain, "\n") || (plain == text && slices.ContainsFunc([]byte(text), func(c byte) bool { return strings.IndexByte("{}[],#:", c) >= 0 })) {
		return strconv.Quote(text)
	}
	return plain
}

// oneLine turns what would end a line, or cannot be seen, into spaces.
func oneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " ")))
}
