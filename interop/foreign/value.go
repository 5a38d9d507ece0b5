package foreign

import (
	"fmt"
	"math"
	"strings"

	"go.yaml.in/yaml/v3"

	"tcmdse/internal/yamlsrc"
	"tcmdse/interop/expr"
)

// Value is one YAML value with its place. The zero Value stands for an absent one; reading that gives zero values.
type Value struct {
	doc  *Doc
	node *yaml.Node
	path string
}

// Err returns the first error met so far.
func (d *Doc) Err() error { return d.err }

// Root returns the document's mapping.
func (d *Doc) Root() Value {
	d.used[d.root] = true
	return Value{doc: d, node: d.root}
}

// Present reports whether the value was given, and not as null.
func (v Value) Present() bool {
	return v.node != nil && !(v.node.Kind == yaml.ScalarNode && v.node.Tag == "!!null")
}

// IsMap reports whether the value is a mapping.
func (v Value) IsMap() bool { return v.node != nil && v.node.Kind == yaml.MappingNode }

// IsList reports whether the value is a sequence.
func (v Value) IsList() bool { return v.node != nil && v.node.Kind == yaml.SequenceNode }

// IsScalar reports whether the value is a scalar.
func (v Value) IsScalar() bool { return v.node != nil && v.node.Kind == yaml.ScalarNode }

// Tag returns the type given with an exclamation mark, such as Component of !Component; "" without.
func (v Value) Tag() string {
	if v.node == nil || strings.HasPrefix(v.node.Tag, "!!") {
		return ""
	}
	return strings.TrimPrefix(v.node.Tag, "!")
}

// Line returns the line of the value in its file, 0 when absent.
func (v Value) Line() int {
	if v.node == nil {
		return 0
	}
	return v.doc.line(v.node)
}

// File and Path say where the value stands.
func (v Value) File() string {
	if v.doc == nil {
		return ""
	}
	return v.doc.File
}

// Path returns the keys that lead to the value.
func (v Value) Path() string { return v.path }

// Short returns the value as messages show it.
func (v Value) Short() string {
	if v.node == nil {
		return ""
	}
	return short(v.node)
}

// Fail records an error at this value, unless one was met before.
func (v Value) Fail(msg, allowed string) {
	if v.doc == nil || v.doc.err != nil {
		return
	}
	v.doc.err = &yamlsrc.Error{File: v.doc.File, Line: v.Line(), Key: v.path, Msg: msg, Given: v.Short(), Allowed: allowed}
}

// Get returns the value of a key of a mapping, and counts it as read.
func (v Value) Get(key string) Value {
	out := Value{doc: v.doc, path: join(v.path, key)}
	if !v.Present() {
		return out
	}
	if !v.IsMap() {
		v.Fail("not a mapping of keys to values", "")
		return out
	}
	v.doc.used[v.node] = true
	if i := v.doc.at(v.node, key); i >= 0 {
		out.node = v.node.Content[i]
		v.doc.read[out.node] = true
	}
	return out
}

// First returns the first of several spellings of a key that is there.
func (v Value) First(keys ...string) Value {
	var out Value
	for _, k := range keys {
		if x := v.Get(k); x.Present() && !out.Present() {
			out = x
		}
	}
	if !out.Present() {
		return Value{doc: v.doc, path: join(v.path, keys[0])}
	}
	return out
}

// Need is Get for keys that have to be there.
func (v Value) Need(key string) Value {
	c := v.Get(key)
	if !c.Present() && v.doc != nil && v.doc.err == nil {
		msg := fmt.Sprintf("key %q is missing", key)
		if c.node != nil {
			msg = fmt.Sprintf("key %q has no value", key)
		}
		v.doc.err = &yamlsrc.Error{File: v.doc.File, Line: v.Line(), Key: v.path, Msg: msg, Allowed: "a mapping with the key " + key}
	}
	return c
}

// Has reports whether a mapping has a key, without counting it as read.
func (v Value) Has(key string) bool { return v.IsMap() && v.doc.at(v.node, key) >= 0 }

// Keys returns the keys of a mapping in file order; none counts as read yet.
func (v Value) Keys() []string {
	if !v.Present() {
		return nil
	}
	if !v.IsMap() {
		v.Fail("not a mapping of keys to values", "")
		return nil
	}
	v.doc.used[v.node] = true
	var out []string
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		out = append(out, v.node.Content[i].Value)
	}
	return out
}

// List returns the elements of a list; nil when absent.
func (v Value) List() []Value {
	if !v.Present() {
		return nil
	}
	if !v.IsList() {
		v.Fail("not a list", "")
		return nil
	}
	v.doc.used[v.node] = true
	var out []Value
	for i, c := range v.node.Content {
		v.doc.read[c] = true
		out = append(out, Value{doc: v.doc, node: c, path: fmt.Sprintf("%s[%d]", v.path, i)})
	}
	return out
}

// Str returns a scalar's text.
func (v Value) Str() string {
	if !v.Present() {
		return ""
	}
	if !v.IsScalar() {
		v.Fail("not a plain value", "")
		return ""
	}
	return strings.TrimSpace(v.node.Value)
}

// Strs returns the texts of a list, or those of a scalar split at commas and spaces.
func (v Value) Strs() []string {
	if !v.Present() {
		return nil
	}
	if v.IsScalar() {
		return strings.FieldsFunc(v.node.Value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' })
	}
	out := []string{}
	for _, c := range v.List() {
		out = append(out, c.Str())
	}
	return out
}

// Bool returns a truth value as YAML and Python write it; when absent it is otherwise.
func (v Value) Bool(otherwise bool) bool {
	switch strings.ToLower(v.Str()) {
	case "":
		return otherwise
	case "true", "yes", "on", "1":
		return true
	case "false", "no", "off", "0":
		return false
	}
	v.Fail("not true or false", "true, false")
	return otherwise
}

// Number evaluates a scalar as an expression; 0 when absent.
func (v Value) Number(names expr.Names) float64 {
	text := v.Str()
	if text == "" {
		return 0
	}
	f, err := expr.Number(text, names)
	if err != nil {
		v.Fail("not a number: "+err.Error(), "numbers and arithmetic such as 1024*64 or 1e-9")
	}
	return f
}

// Count evaluates a scalar as a whole number from least to 2^53; least when absent.
func (v Value) Count(least int64, names expr.Names) int64 {
	if !v.Present() {
		return least
	}
	f := v.Number(names)
	if f != math.Trunc(f) || f < float64(least) || f > 1<<53 {
		v.Fail("not a whole number in range", fmt.Sprintf("whole numbers from %d to 2^53", least))
		return least
	}
	return int64(f)
}

// Take counts a value as read with all that is in it, for what a note tells of as a whole.
func (v Value) Take() {
	if v.node == nil {
		return
	}
	v.doc.read[v.node] = true
	delete(v.doc.used, v.node)
}

// Peek is Get without counting the value as read.
func (v Value) Peek(key string) Value {
	out := Value{doc: v.doc, path: join(v.path, key)}
	if v.IsMap() {
		if i := v.doc.at(v.node, key); i >= 0 {
			out.node = v.node.Content[i]
		}
	}
	return out
}

// MarkRead counts a value as read.
func (v Value) MarkRead() {
	if v.node != nil {
		v.doc.read[v.node] = true
	}
}

// Truth evaluates a scalar as a condition.
func (v Value) Truth(names expr.Names) bool {
	ok, err := expr.Truth(v.Str(), names)
	if err != nil {
		v.Fail("not a condition: "+err.Error(), "true, false, or an expression")
	}
	return ok
}

// Failed reports whether the document had an error.
func (v Value) Failed() bool { return v.doc != nil && v.doc.err != nil }
