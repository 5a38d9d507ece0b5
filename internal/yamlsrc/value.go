package yamlsrc

import (
	"fmt"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"tcmdse/internal/unit"
)

// Value is one YAML value with its place. The zero Value stands for an absent one.
type Value struct {
	doc  *Doc
	node *yaml.Node
	path string
	used map[string]bool // mapping: keys asked for
}

// Present reports whether the value was given.
func (v Value) Present() bool { return v.node != nil }

// Line returns the line of the value, 0 when absent.
func (v Value) Line() int {
	if v.node == nil {
		return 0
	}
	return v.node.Line
}

// Path returns the keys that lead to the value.
func (v Value) Path() string { return v.path }

// Fail records an error at this value, unless one was met before.
func (v Value) Fail(msg, allowed string) {
	if v.doc == nil || v.doc.err != nil {
		return
	}
	e := &Error{File: v.doc.File, Key: v.path, Msg: msg, Allowed: allowed}
	if v.node != nil {
		e.Line, e.Col, e.Given = v.node.Line, v.node.Column, short(v.node)
	}
	v.doc.err = e
}

// Explain is Fail with further lines that show the value in place of a quotation.
func (v Value) Explain(msg, allowed, detail string) {
	if v.doc == nil || v.doc.err != nil {
		return
	}
	v.Fail(msg, allowed)
	e := v.doc.err.(*Error)
	e.Given, e.Detail = "", detail
}

func (v Value) resolved() *yaml.Node {
	if v.node != nil && v.node.Kind == yaml.AliasNode {
		return v.node.Alias
	}
	return v.node
}

// IsMap reports whether the value is a mapping, aliases followed.
func (v Value) IsMap() bool { return v.node != nil && v.resolved().Kind == yaml.MappingNode }

// IsList reports whether the value is a sequence, aliases followed.
func (v Value) IsList() bool { return v.node != nil && v.resolved().Kind == yaml.SequenceNode }

// Get returns the value of a key of a mapping. A value that is given but empty counts as an error, not as absent.
func (v Value) Get(key string) Value {
	if v.node == nil {
		return Value{doc: v.doc, path: join(v.path, key)}
	}
	if !v.IsMap() {
		v.Fail("not a mapping of keys to values", "")
		return Value{doc: v.doc, path: join(v.path, key)}
	}
	v.used[key] = true
	for n, i := v.resolved(), 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != key {
			continue
		}
		child := Value{doc: v.doc, node: n.Content[i+1], path: join(v.path, key), used: map[string]bool{}}
		if c := child.resolved(); c.Kind == yaml.ScalarNode && c.Tag == "!!null" {
			child.Fail("no value given", "")
			return Value{doc: v.doc, path: child.path}
		}
		return child
	}
	return Value{doc: v.doc, path: join(v.path, key)}
}

// Need is Get for keys that have to be there.
func (v Value) Need(key string) Value {
	c := v.Get(key)
	if !c.Present() && v.doc != nil && v.doc.err == nil {
		v.doc.err = &Error{File: v.doc.File, Line: v.Line(), Key: v.path, Msg: fmt.Sprintf("key %q is missing", key), Allowed: fmt.Sprintf("a mapping with the key %s", key)}
	}
	return c
}

// Keys returns the keys of a mapping in file order and marks them all as known.
func (v Value) Keys() []string {
	if v.node == nil {
		return nil
	}
	if !v.IsMap() {
		v.Fail("not a mapping of keys to values", "")
		return nil
	}
	var out []string
	for n, i := v.resolved(), 0; i+1 < len(n.Content); i += 2 {
		out = append(out, n.Content[i].Value)
		v.used[n.Content[i].Value] = true
	}
	return out
}

// Only records an error for the first key of a mapping that is not among keys: asked before Need, it names a misspelt key
// where Need would only miss the right one.
func (v Value) Only(keys ...string) {
	if v.IsMap() {
		for _, k := range keys {
			v.Get(k)
		}
		v.Done()
	}
}

// Done records an error for the first key of a mapping that nothing asked for.
func (v Value) Done() {
	if v.node == nil || !v.IsMap() {
		return
	}
	known := make([]string, 0, len(v.used))
	for k := range v.used {
		known = append(known, k)
	}
	sort.Strings(known)
	for n, i := v.resolved(), 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i]; !v.used[k.Value] {
			msg := fmt.Sprintf("unknown key %q", k.Value)
			msg += Meant(k.Value, known)
			at := Value{doc: v.doc, node: k, path: join(v.path, k.Value)}
			at.Fail(msg, strings.Join(known, ", "))
			return
		}
	}
}

// List returns the elements of a list; nil when absent.
func (v Value) List() []Value {
	if v.node == nil {
		return nil
	}
	if !v.IsList() {
		v.Fail("not a list", "")
		return nil
	}
	var out []Value
	for i, c := range v.resolved().Content {
		out = append(out, Value{doc: v.doc, node: c, path: fmt.Sprintf("%s[%d]", v.path, i), used: map[string]bool{}})
	}
	return out
}

// Str returns a scalar's text.
func (v Value) Str() string {
	if v.node == nil {
		return ""
	}
	n := v.resolved()
	if n.Kind != yaml.ScalarNode {
		v.Fail("not a plain value", "")
		return ""
	}
	return n.Value
}

// Strs returns a scalar's text as a list of one, or the texts of a list; nil when absent, not nil when empty.
func (v Value) Strs() []string {
	if v.node == nil {
		return nil
	}
	if !v.IsList() {
		return []string{v.Str()}
	}
	out := []string{}
	for _, c := range v.List() {
		out = append(out, c.Str())
	}
	return out
}

// Name returns a scalar that is a name: letters, digits, '_', '-', '.', not empty.
func (v Value) Name() string {
	s := v.Str()
	if v.node != nil && !IsName(s) {
		v.Fail("not a name", "letters, digits, '_' and '-', a letter first")
	}
	return s
}

// IsName reports whether s may name a node, dimension, tensor or file entry.
func IsName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || !(r >= '0' && r <= '9' || r == '_' || r == '-')) {
			return false
		}
	}
	return s != "" && len(s) <= 100
}

// Int returns a whole number of at least least; 0 when absent.
func (v Value) Int(least int64) int64 {
	if v.node == nil {
		return 0
	}
	q, err := unit.Parse(v.Str())
	n, ok := int64(0), false
	if err == nil && q.Dim == unit.None {
		n, ok = q.Int()
	}
	if !ok || n < least {
		v.Fail("not a whole number in range", fmt.Sprintf("whole numbers from %d to 2^63-1", least))
		return max(least, 1)
	}
	return n
}

// Bool returns true or false; false when absent.
func (v Value) Bool() bool {
	if v.node == nil {
		return false
	}
	switch s := v.Str(); s {
	case "true", "false":
		return s == "true"
	}
	v.Fail("not true or false", "true, false")
	return false
}

// Float returns a plain number; 0 when absent.
func (v Value) Float() float64 {
	if v.node == nil {
		return 0
	}
	q, err := unit.Parse(v.Str())
	if err != nil || q.Dim != unit.None {
		v.Fail("not a plain number", "")
		return 0
	}
	return q.Float()
}

// Quantity returns a number with a unit of one of the given dimensions; the zero Quantity when absent.
func (v Value) Quantity(dims ...unit.Dimension) unit.Quantity {
	if v.node == nil {
		return unit.Quantity{}
	}
	allowed := Examples(dims)
	q, err := unit.Parse(v.Str())
	if err != nil {
		v.Fail(err.Error(), allowed)
		return unit.Quantity{}
	}
	for _, d := range dims {
		if q.Dim == d {
			return q
		}
	}
	if q.Dim == unit.None {
		v.Fail("a number without a unit", allowed)
	} else {
		v.Fail(fmt.Sprintf("%s where %s is needed", q.Dim.A(), dims[0].A()), allowed)
	}
	return unit.Quantity{}
}

// Examples lists what values of the given dimensions look like.
func Examples(dims []unit.Dimension) string {
	var out []string
	for _, d := range dims {
		out = append(out, fmt.Sprintf("%s such as %s", d.A(), d.Example()))
	}
	return strings.Join(out, ", ")
}
