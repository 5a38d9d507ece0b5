package hwmodel

import (
	"fmt"
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

	share bool // any plain number
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
		out = append(out, PathInfo{Path: n.name + ".bandwidth", Dims: r.dims, Text: n.fields["read.bandwidth"].text})
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
	if near := yamlsrc.Nearest(path, names); near != "" {
		msg += fmt.Sprintf(", did you mean %q", near)
	}
	own := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.HasPrefix(n, node+".") })
	if len(own) > 0 {
		names = own
	}
	return PathInfo{}, &yamlsrc.Error{File: s.File, Key: path, Msg: msg, Allowed: strings.Join(names, ", ")}
}

// Set gives a path a new value, as text with its unit.
func (s *Spec) Set(path, text string) error {
	info, err := s.Path(path)
	if err != nil {
		return err
	}
	text = strings.TrimSpace(text)
	if err := checkText(s, info, text); err != nil {
		return err
	}
	f := field{text: text}
	switch path {
	case "technology":
		s.technology = f
		return nil
	case "clock":
		s.clock = f
		return nil
	}
	node, key, _ := strings.Cut(path, ".")
	for i := range s.nodes {
		n := &s.nodes[i]
		if n.name != node {
			continue
		}
		d := slices.IndexFunc(n.dims, func(d specDim) bool { return d.name == key })
		switch {
		case d >= 0:
			q, _ := unit.Parse(text)
			n.dims[d].size, _ = q.Int()
		case key == "bandwidth":
			n.fields["read.bandwidth"], n.fields["write.bandwidth"] = f, f
		default:
			n.fields[key] = f
		}
	}
	return nil
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
		msg := fmt.Sprintf("a %s where a %s is needed", q.Dim, info.Dims[0])
		if q.Dim == unit.None {
			msg = "a number without a unit"
		}
		return &yamlsrc.Error{File: s.File, Key: info.Path, Msg: msg, Given: text, Allowed: allowed}
	}
	if info.Dims[0] == unit.None && !info.share {
		if n, ok := q.Int(); !ok || n < 1 {
			return &yamlsrc.Error{File: s.File, Key: info.Path, Msg: "not a number of instances, banks or channels", Given: text, Allowed: "whole numbers from 1"}
		}
	}
	return nil
}
