package hwmodel

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
)

// PathInfo is one thing that a sweep may set.
type PathInfo struct {
	Path string
	Dims []unit.Dimension // allowed; None: a whole number, or a word
	Text string           // as the file has it, "" when not given
	Word bool             // the value is a word
	// Words lists the allowed words; nil where a model judges them.
	Words []string

	// Covers lists the paths that this one sets, where it stands for several; nil: itself.
	Covers []string

	share bool // any plain number
}

func (p PathInfo) covers() []string {
	if p.Covers == nil {
		return []string{p.Path}
	}
	return p.Covers
}

// Paths lists everything that can be set, in file order: technology, clock, NODE.FIELD, ARRAY.DIM.
func (s *Spec) Paths() []PathInfo {
	out := []PathInfo{
		{Path: "technology", Dims: []unit.Dimension{unit.Metre}, Text: s.technology.text},
		{Path: "clock", Dims: []unit.Dimension{unit.Hertz}, Text: s.clock.text},
	}
	for i := range s.nodes {
		out = append(out, s.nodes[i].paths()...)
	}
	return out
}

// paths lists what can be set of one node.
func (n *specNode) paths() []PathInfo {
	var out []PathInfo
	for _, d := range n.dims {
		out = append(out, PathInfo{Path: n.name + "." + d.name, Dims: []unit.Dimension{unit.None}, Text: fmt.Sprint(d.size)})
	}
	for _, r := range fieldRules() {
		if r.kind == n.kind {
			out = append(out, PathInfo{Path: n.name + "." + r.name, Dims: r.dims, Text: n.fields[r.name].text,
				Word: r.word, Words: r.words, share: r.name == "activity"})
		}
	}
	if n.kind == Memory {
		r, _ := ruleOf(Memory, "read.bandwidth")
		out = append(out, PathInfo{Path: n.name + ".bandwidth", Dims: r.dims, Text: n.fields["read.bandwidth"].text,
			Covers: []string{n.name + ".read.bandwidth", n.name + ".write.bandwidth"}})
	}
	return out
}

// Path returns what is known of a path; the error names the nearest path and all that the node has.
func (s *Spec) Path(path string) (PathInfo, error) {
	node, _, _ := strings.Cut(path, ".")
	for i := range s.nodes { // the usual case, without listing all that there is
		if n := &s.nodes[i]; n.name == node {
			for _, p := range n.paths() {
				if p.Path == path {
					return p, nil
				}
			}
		}
	}
	var names []string
	for _, p := range s.Paths() {
		if p.Path == path {
			return p, nil
		}
		names = append(names, p.Path)
	}
	msg := fmt.Sprintf("architecture %s has nothing called %q", s.Name, path)
	msg += yamlsrc.Meant(path, names)
	own := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.HasPrefix(n, node+".") })
	if len(own) > 0 {
		names = own
	}
	return PathInfo{}, &yamlsrc.Error{File: s.File, Key: path, Msg: msg, Allowed: strings.Join(names, ", ")}
}

// Unpriced lists the paths of a memory whose costs depend on its size in silicon, and are figures of the file here: they
// stay as they are when its size changes. Costs of 0 are not listed.
func (s *Spec) Unpriced(memory string) []string {
	i := slices.IndexFunc(s.nodes, func(n specNode) bool { return n.name == memory && n.kind == Memory })
	if i < 0 {
		return nil
	}
	var out []string
	for _, key := range []string{"area", "read.energy", "write.energy"} {
		if q := s.nodes[i].fields[key].q; q.Value != nil && q.Value.Sign() != 0 {
			out = append(out, memory+"."+key)
		}
	}
	return out
}

// Set gives a path a new value, as text with its unit.
func (s *Spec) Set(path, text string) error {
	e, err := s.Edit(path, text)
	if err != nil {
		return err
	}
	s.Apply(e)
	s.rememberExact()
	return nil
}

// Edit is a change of one path that was checked, to be applied to many copies of an architecture.
type Edit struct {
	field field
	node  int // -1: the file's own technology or clock
	dim   int // -1: a field
	keys  []string
	size  int64
}

// Quantity returns the new value; one without a Value is a word or "unlimited".
func (e *Edit) Quantity() unit.Quantity { return e.field.q }

// Text returns the new value as written.
func (e *Edit) Text() string { return e.field.text }

// Edit checks a change without making it. The error names the path, what is wrong and what is allowed.
func (s *Spec) Edit(path, text string) (Edit, error) {
	info, err := s.Path(path)
	if err != nil {
		return Edit{}, err
	}
	text = strings.TrimSpace(text)
	if err := checkText(s, info, text); err != nil {
		return Edit{}, err
	}
	e := Edit{field: newField(text, 0), node: -1, dim: -1}
	for _, p := range info.covers() {
		_, key, ok := strings.Cut(p, ".")
		if !ok {
			key = p
		}
		e.keys = append(e.keys, key)
	}
	node, key, ok := strings.Cut(path, ".")
	if !ok {
		return e, nil
	}
	e.node = slices.IndexFunc(s.nodes, func(n specNode) bool { return n.name == node })
	e.dim = slices.IndexFunc(s.nodes[e.node].dims, func(d specDim) bool { return d.name == key })
	if e.dim >= 0 {
		e.size, _ = e.field.q.Int()
	}
	return e, nil
}

// Apply makes a change that Edit checked, on the same architecture or a clone of it.
func (s *Spec) Apply(e Edit) {
	switch {
	case e.node < 0 && e.keys[0] == "technology":
		s.technology = e.field
	case e.node < 0:
		s.clock = e.field
		for i := range s.nodes { // rates per cycle count by it
			s.nodes[i].exact = ""
		}
	case e.dim >= 0:
		n := &s.nodes[e.node]
		n.exact = ""
		n.dims = slices.Clone(n.dims)
		n.dims[e.dim].size = e.size
	default:
		n := &s.nodes[e.node]
		n.exact = ""
		n.fields = maps.Clone(n.fields)
		for _, k := range e.keys {
			n.fields[k] = e.field
		}
	}
}

func checkText(s *Spec, info PathInfo, text string) error {
	allowed := yamlsrc.Examples(info.Dims)
	if info.Word {
		if r := (fieldRule{words: info.Words}); !r.allows(text) {
			return &yamlsrc.Error{File: s.File, Key: info.Path, Msg: "no such word here", Given: text, Allowed: r.allowed()}
		}
		return nil
	}
	if text == "unlimited" && (info.Dims[0] == unit.Bits || strings.HasSuffix(info.Path, "bandwidth") || strings.HasSuffix(info.Path, "throughput")) {
		return nil
	}
	q, err := unit.Parse(text)
	if err != nil {
		return &yamlsrc.Error{File: s.File, Key: info.Path, Msg: err.Error(), Given: text, Allowed: allowed}
	}
	if !slices.Contains(info.Dims, q.Dim) {
		msg := fmt.Sprintf("%s where %s is needed", q.Dim.A(), info.Dims[0].A())
		if q.Dim == unit.None {
			msg = "a number without a unit"
		}
		return &yamlsrc.Error{File: s.File, Key: info.Path, Msg: msg, Given: text, Allowed: allowed}
	}
	if allowed, ok := checkRange(q, q.Float()); !ok {
		return &yamlsrc.Error{File: s.File, Key: info.Path, Msg: "too large or too small", Given: text, Allowed: allowed}
	}
	if info.Dims[0] == unit.None && !info.share {
		if n, ok := q.Int(); !ok || n < 1 {
			return &yamlsrc.Error{File: s.File, Key: info.Path, Msg: "not a number of instances, banks or channels", Given: text, Allowed: "whole numbers from 1"}
		}
	}
	return nil
}
