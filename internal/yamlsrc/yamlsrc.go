// Package yamlsrc reads YAML strictly: every error names file, line and key, what was given and what is allowed.
//
//	doc, err := yamlsrc.Parse(data, "a.yaml")
//	root := doc.Root()
//	name := root.Get("name").Str()
//	size := root.Get("size").Quantity(unit.Bits)
//	root.Done()                       // any other key is an error
//	if err := doc.Err(); err != nil { // the first error of all the above
//
// Getting what is absent gives a zero Value, and reading that gives zero values, so optional keys need no test.
package yamlsrc

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
	"tcmdse/internal/unit"
)

// Error is a mistake in an input file.
type Error struct {
	File    string
	Line    int // 0: unknown
	Col     int
	Key     string // path of keys, such as nodes[2].size
	Msg     string
	Given   string
	Allowed string
	Detail  string // further lines, such as an expression with a caret under the place
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.Key != "" {
		fmt.Fprintf(&b, ": %s", e.Key)
	}
	fmt.Fprintf(&b, ": %s", e.Msg)
	if e.Given != "" {
		fmt.Fprintf(&b, "; given %q", e.Given)
	}
	if e.Allowed != "" {
		fmt.Fprintf(&b, "; allowed: %s", e.Allowed)
	}
	if e.Detail != "" {
		b.WriteString("\n" + e.Detail)
	}
	return b.String()
}

// On returns the mistake as one of something that was given elsewhere than in a file, such as "--set PE.x=0", and that
// shows what was given.
func (e *Error) On(what string) *Error {
	c := *e
	c.File, c.Line, c.Col, c.Key, c.Given = what, 0, 0, "", ""
	return &c
}

// Doc is one YAML document. The first error met while reading it is kept.
type Doc struct {
	File string
	root *yaml.Node
	err  error

	aliases []*yaml.Node // being followed by survey
}

// maxNodes bounds a document after its aliases are followed, against files that unfold without end.
const maxNodes = 1_000_000

// Parse reads one document whose root is a mapping.
func Parse(data []byte, file string) (*Doc, error) {
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	var n, more yaml.Node
	if err := dec.Decode(&n); err != nil {
		return nil, syntax(file, err)
	}
	switch err := dec.Decode(&more); {
	case err == nil:
		return nil, &Error{File: file, Line: more.Line, Msg: "a second document; one a file"}
	case !errors.Is(err, io.EOF):
		return nil, syntax(file, err)
	}
	d := &Doc{File: file, root: n.Content[0]}
	if d.root.Kind != yaml.MappingNode {
		return nil, &Error{File: file, Line: d.root.Line, Msg: "not a mapping of keys to values", Given: short(d.root)}
	}
	count := 0
	if err := d.survey(d.root, "", &count); err != nil {
		return nil, err
	}
	return d, nil
}

func syntax(file string, err error) error {
	e := &Error{File: file, Msg: "not valid YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}
	if err.Error() == "EOF" {
		e.Msg = "the file is empty"
	}
	if n, _ := fmt.Sscanf(err.Error(), "yaml: line %d:", &e.Line); n == 0 {
		e.Line = 1 // yaml.v3 leaves out the first line's number
	}
	return e
}

// survey refuses duplicate keys, keys that differ only in case (tools that fold case would mix them up), and bombs.
func (d *Doc) survey(n *yaml.Node, path string, count *int) error {
	if *count++; *count > maxNodes {
		return &Error{File: d.File, Line: n.Line, Key: path, Msg: "the document unfolds to more than a million values"}
	}
	switch n.Kind {
	case yaml.AliasNode:
		if slices.Contains(d.aliases, n.Alias) {
			return &Error{File: d.File, Line: n.Line, Key: path, Msg: "this alias stands inside what it stands for"}
		}
		d.aliases = append(d.aliases, n.Alias)
		defer func() { d.aliases = d.aliases[:len(d.aliases)-1] }()
		return d.survey(n.Alias, path, count)
	case yaml.SequenceNode:
		for i, c := range n.Content {
			if err := d.survey(c, fmt.Sprintf("%s[%d]", path, i), count); err != nil {
				return err
			}
		}
	case yaml.MappingNode:
		seen, exact := make(map[string]string), make(map[string]bool)
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if k.Kind != yaml.ScalarNode {
				return &Error{File: d.File, Line: k.Line, Key: path, Msg: "a key has to be a plain name", Given: short(k)}
			}
			low := strings.ToLower(k.Value)
			if exact[k.Value] {
				return &Error{File: d.File, Line: k.Line, Col: k.Column, Key: join(path, k.Value), Msg: "key given twice", Allowed: "each key once"}
			}
			exact[k.Value] = true
			if was, ok := seen[low]; ok && !caseMatters(path) {
				return &Error{File: d.File, Line: k.Line, Col: k.Column, Key: join(path, k.Value), Msg: fmt.Sprintf("key differs from %q only in case", was), Allowed: "each key once"}
			}
			seen[low] = k.Value
			if err := d.survey(n.Content[i+1], join(path, k.Value), count); err != nil {
				return err
			}
		}
	}
	return nil
}

// caseMatters reports whether keys under path are names of the user's, such as rank variables p and P, or paths.
func caseMatters(path string) bool {
	if strings.HasPrefix(path, "include[") || strings.HasPrefix(path, "exclude[") {
		return true
	}
	return strings.HasSuffix(path, ".sizes") || strings.HasSuffix(path, ".tensors")
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func short(n *yaml.Node) string {
	s := n.Value
	if n.Kind == yaml.SequenceNode {
		s = "a list"
	} else if n.Kind == yaml.MappingNode {
		s = "a mapping"
	}
	if len(s) > 60 {
		s = s[:57] + "..."
	}
	return s
}

// Err returns the first error met so far.
func (d *Doc) Err() error { return d.err }

// Root returns the document's mapping.
func (d *Doc) Root() Value { return Value{doc: d, node: d.root, used: map[string]bool{}} }

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

// Meant is what a message about an unknown word adds: ", did you mean" and the candidate nearest to it, "" where none is
// near.
func Meant(word string, candidates []string) string {
	if near := Nearest(word, candidates); near != "" {
		return fmt.Sprintf(", did you mean %q", near)
	}
	return ""
}

// longest is a word that Nearest still compares: what is longer is no slip of the pen, and edits take its square.
const longest = 200

// Nearest returns the candidate closest to s in edits, "" when none is near.
func Nearest(s string, candidates []string) string {
	if len(s) > longest {
		return ""
	}
	best, at := 1+len(s)/3, ""
	for _, c := range candidates {
		if d := edits(strings.ToLower(s), strings.ToLower(c)); d < best || d == best && at == "" {
			best, at = d, c
		}
	}
	return at
}

// edits is the Levenshtein distance with transposed neighbours.
func edits(a, b string) int {
	prev2, prev := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		cur := make([]int, len(b)+1)
		cur[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			cur[j+1] = min(prev[j]+cost, prev[j+1]+1, cur[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				cur[j+1] = min(cur[j+1], prev2[j-1]+1)
			}
		}
		prev2, prev = prev, cur
	}
	return prev[len(b)]
}
