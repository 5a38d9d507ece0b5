package hwmodel

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
)

// Spec is an architecture file with its quantities as written, so that what depends on other fields (64B/cycle on the
// clock, energy per access on the width) follows when a sweep sets those. Build turns it into an Arch.
type Spec struct {
	Name, File          string
	Description, Source string
	technology, clock   field
	overhead            overhead
	nodes               []specNode
	external            Ask // nil: none
	prices              *priceCache
}

// field is one value as written, with its line, and what it says: read once, since every candidate of a sweep asks for
// it. A zero field was not given.
type field struct {
	text  string
	line  int
	q     unit.Quantity // no Value where the text is a word or "unlimited"; never changed
	si    float64       // q's value
	exact string        // q's value as a fraction with its dimension, else the text
}

// newField reads a text that is a word, "unlimited" or a quantity.
func newField(text string, line int) field {
	f := field{text: text, line: line, exact: text}
	if q, err := unit.Parse(text); err == nil {
		f.q, f.si, f.exact = q, q.Float(), exactText(q)
		if strings.ContainsFunc(text, unicode.IsSpace) { // between number and unit; a line feed there would end the line in YAML
			f.text = strings.Join(strings.Fields(text), " ")
		}
	}
	return f
}

type specNode struct {
	kind    Kind
	name    string
	line    int
	source  string
	fields  map[string]field // by key: "size", "read.energy"; shared by clones, so never written to once read
	keep    TensorSet
	mayKeep TensorSet
	ports   Ports
	bits    []bitsField
	dims    []specDim // shared as fields are
	over    overhead
	exact   string // its part of Key's text where that is known; "" after a change
}

// maxValueBits bounds the width of one value, so that bits of whole tensors stay numbers.
const maxValueBits = 1 << 20

type bitsField struct {
	tensor string
	bits   int64
}

type specDim struct {
	name                  string
	size                  int64
	line                  int
	onlyReuse, multicast  TensorSet
	minUtilization        float64
	minUtilizationWritten string
}

// ParseSpec reads an architecture file (docs/files.md) and checks that it builds, but for costs that models give:
// an external estimator may know what the tables do not.
func ParseSpec(data []byte, file string) (*Spec, error) {
	doc, err := yamlsrc.Parse(data, file)
	if err != nil {
		return nil, err
	}
	root := doc.Root()
	s := &Spec{File: file, prices: newPriceCache()}
	s.Name = root.Need("name").Name()
	s.Description, s.Source = root.Get("description").Str(), root.Get("source").Str()
	s.technology = readField(root.Get("technology"), unit.Metre)
	s.clock = readField(root.Get("clock"), unit.Hertz)
	s.overhead = readOverhead(root.Get("overhead"), true)
	for _, v := range root.Need("nodes").List() {
		s.nodes = append(s.nodes, readNode(v))
	}
	root.Done()
	if err := doc.Err(); err != nil {
		return nil, err
	}
	if _, err := s.build(false); err != nil {
		return nil, err
	}
	s.rememberExact()
	return s, nil
}

func readField(v yamlsrc.Value, dims ...unit.Dimension) field {
	if !v.Present() {
		return field{}
	}
	if !(v.Str() == "unlimited" && (dims[0] == unit.Bits || slices.Contains(dims, unit.BitPerS) || dims[0] == unit.PerS)) {
		v.Quantity(dims...)
	}
	return newField(strings.TrimSpace(v.Str()), v.Line())
}

func readNode(v yamlsrc.Value) specNode {
	n := specNode{line: v.Line(), fields: map[string]field{}}
	switch {
	case v.Get("memory").Present():
		n.kind, n.name = Memory, v.Get("memory").Name()
		readMemory(&n, v)
	case v.Get("array").Present():
		n.kind, n.name = Array, v.Get("array").Name()
		readFields(&n, v, "")
		for _, d := range v.Need("dims").List() {
			n.dims = append(n.dims, readDim(d))
		}
	case v.Get("compute").Present():
		n.kind, n.name = Compute, v.Get("compute").Name()
		readFields(&n, v, "")
	default:
		v.Fail("a node has to be a memory, an array or a compute", "memory: NAME, array: NAME, compute: NAME")
	}
	n.over = readOverhead(v.Get("overhead"), false)
	n.source = v.Get("source").Str()
	v.Done()
	if n.kind == Memory && n.fields["size"].text == "" {
		v.Fail("a memory needs a size", "size: 128KiB, size: unlimited")
	}
	return n
}

func readMemory(n *specNode, v yamlsrc.Value) {
	readFields(n, v, "")
	for _, d := range []string{"read", "write"} {
		if a := v.Get(d); a.Present() {
			readFields(n, a, d+".")
			a.Done()
		}
	}
	n.keep, n.mayKeep = readSet(v.Get("keep")), readSet(v.Get("may_keep"))
	switch p := v.Get("ports"); p.Str() {
	case "", "shared":
	case "separate":
		n.ports = SeparatePorts
	default:
		p.Fail("unknown kind of ports", "shared, separate")
	}
	b := v.Get("bits")
	for _, k := range b.Keys() {
		w := b.Get(k)
		bits := w.Int(1)
		if !yamlsrc.IsName(k) || k == "all" || k == "none" { // BitsOf goes by tensor and role
			w.Fail("not the name or role of a tensor", "inputs, weights, outputs, names of tensors")
		}
		if bits > maxValueBits {
			w.Fail("a value of too many bits", fmt.Sprintf("1 to %d", maxValueBits))
		}
		n.bits = append(n.bits, bitsField{k, bits})
	}
}

func readFields(n *specNode, v yamlsrc.Value, prefix string) {
	for _, r := range fieldRules() {
		key, ok := strings.CutPrefix(r.name, prefix)
		if !ok || r.kind != n.kind || strings.Contains(key, ".") {
			continue
		}
		f := v.Get(key)
		if !f.Present() {
			continue
		}
		if r.word {
			n.fields[r.name] = r.readWord(f)
		} else {
			n.fields[r.name] = readField(f, r.dims...)
		}
	}
}

func readSet(v yamlsrc.Value) TensorSet {
	names := v.Strs()
	if names == nil {
		return nil
	}
	out := TensorSet{}
	for _, s := range names {
		if s == "none" && len(names) > 1 || !yamlsrc.IsName(s) {
			v.Fail("not a set of tensors", "all, none, inputs, weights, outputs, names of tensors, or a list of these")
		}
		out = append(out, s)
	}
	return out
}

func readDim(v yamlsrc.Value) specDim {
	d := specDim{line: v.Line()}
	d.name = v.Need("name").Name()
	d.size = v.Need("size").Int(1)
	d.onlyReuse, d.multicast = readSet(v.Get("only_reuse")), readSet(v.Get("multicast"))
	u := v.Get("min_utilization")
	d.minUtilization, d.minUtilizationWritten = u.Float(), strings.TrimSpace(u.Str())
	if d.minUtilization > 1 {
		u.Fail("not a share", "numbers from 0 to 1")
	}
	v.Done()
	return d
}

// Clone returns a copy that can be set without touching the original. Fields and dimensions are shared until then.
func (s *Spec) Clone() *Spec {
	c := *s
	c.nodes = slices.Clone(s.nodes)
	return &c
}

// Sources returns what the file says its numbers come from: by node name, "" for the file as a whole.
func (s *Spec) Sources() map[string]string {
	out := map[string]string{"": s.Source}
	for _, n := range s.nodes {
		out[n.name] = n.source
	}
	return out
}

// fail builds an error of this file.
func (s *Spec) fail(line int, key, given, allowed, format string, args ...any) error {
	return &yamlsrc.Error{File: s.File, Line: line, Key: key, Given: given, Allowed: allowed, Msg: fmt.Sprintf(format, args...)}
}

// Place returns where a node's key stands, as file:line, for messages; empty for a node that is not there.
func (s *Spec) Place(node string) string {
	for i := range s.nodes {
		if n := &s.nodes[i]; n.name == node {
			line := n.line
			if f, ok := n.fields["size"]; ok && f.line > 0 {
				line = f.line
			}
			return fmt.Sprintf("%s:%d", s.File, line)
		}
	}
	return ""
}
