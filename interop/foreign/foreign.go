// Package foreign reads YAML files of other tools: leniently about what is there, strictly about what became of it.
//
// A reader takes what it understands with Value.Get and says in Notes what it took with a loss. Whatever no reader asked
// for Unread lists at the end, so nothing is dropped without a word. Aliases and merge keys (<<, and <<< of Timeloop's
// front end, which merges deeply) are resolved first; tags such as !Component stay.
//
//	doc, err := foreign.Parse(data, "arch.yaml", nil)
//	nodes := doc.Root().Get("architecture").Need("nodes").List()
//	...
//	notes.LeaveOut(doc.Unread()...)
//	if err := doc.Err(); err != nil { // the first mistake: file, line, key, given, allowed
package foreign

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"tcmdse/internal/yamlsrc"
)

// maxNodes bounds a document after its aliases are followed, maxDepth lists within lists.
const (
	maxNodes = 300_000
	maxDepth = 200
	maxBytes = 32 << 20
)

// Doc is one YAML document. The first error met while reading it is kept.
type Doc struct {
	File  string
	root  *yaml.Node
	lines []int // line of the file of each line of the text, where a template changed them; nil: the same
	err   error
	read  map[*yaml.Node]bool           // values asked for
	used  map[*yaml.Node]bool           // mappings and lists that were looked into
	keys  map[*yaml.Node]map[string]int // where the values of long mappings stand
}

// Parse reads one document whose root is a mapping. lines gives the file's line of each line of data where a template
// made the text, nil where they are the same.
func Parse(data []byte, file string, lines []int) (*Doc, error) {
	d := &Doc{File: file, lines: lines, read: map[*yaml.Node]bool{}, used: map[*yaml.Node]bool{}, keys: map[*yaml.Node]map[string]int{}}
	if len(data) > maxBytes {
		return nil, &yamlsrc.Error{File: file, Msg: fmt.Sprintf("a file of more than %d MiB", maxBytes>>20)}
	}
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	var n, more yaml.Node
	if err := dec.Decode(&n); err != nil {
		return nil, d.syntax(err)
	}
	switch err := dec.Decode(&more); {
	case err == nil:
		return nil, &yamlsrc.Error{File: file, Line: d.line(&more), Msg: "a second document; one a file"}
	case !errors.Is(err, io.EOF):
		return nil, d.syntax(err)
	}
	u := unfolder{doc: d}
	root, err := u.unfold(n.Content[0], "", 0)
	if err != nil {
		return nil, err
	}
	if root.Kind != yaml.MappingNode {
		return nil, &yamlsrc.Error{File: file, Line: d.line(root), Msg: "not a mapping of keys to values", Given: short(root)}
	}
	d.root = root
	return d, nil
}

func (d *Doc) line(n *yaml.Node) int {
	if n == nil || n.Line <= 0 {
		return 0
	}
	if n.Line <= len(d.lines) {
		return d.lines[n.Line-1]
	}
	return n.Line
}

func (d *Doc) syntax(err error) error {
	e := &yamlsrc.Error{File: d.File, Msg: "not valid YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}
	if err.Error() == "EOF" {
		e.Msg = "the file is empty"
	}
	if n, _ := fmt.Sscanf(err.Error(), "yaml: line %d:", &e.Line); n == 0 {
		e.Line = 1
	}
	e.Line = d.line(&yaml.Node{Line: e.Line})
	return e
}

// unfolder copies a document with aliases and merge keys resolved.
type unfolder struct {
	doc     *Doc
	count   int
	aliases []*yaml.Node // being followed
}

func (u *unfolder) fail(n *yaml.Node, key, msg, allowed string) error {
	return &yamlsrc.Error{File: u.doc.File, Line: u.doc.line(n), Key: key, Msg: msg, Allowed: allowed}
}

func (u *unfolder) unfold(n *yaml.Node, path string, depth int) (*yaml.Node, error) {
	if u.count++; u.count > maxNodes {
		return nil, u.fail(n, path, fmt.Sprintf("the document unfolds to more than %d values", maxNodes), "")
	}
	if depth > maxDepth {
		return nil, u.fail(n, path, fmt.Sprintf("more than %d levels of nesting", maxDepth), "")
	}
	switch n.Kind {
	case yaml.AliasNode:
		if slices.Contains(u.aliases, n.Alias) {
			return nil, u.fail(n, path, "this alias stands inside what it stands for", "")
		}
		u.aliases = append(u.aliases, n.Alias)
		defer func() { u.aliases = u.aliases[:len(u.aliases)-1] }()
		return u.unfold(n.Alias, path, depth+1)
	case yaml.SequenceNode:
		out := *n
		out.Content = nil
		for i, c := range n.Content {
			x, err := u.unfold(c, fmt.Sprintf("%s[%d]", path, i), depth+1)
			if err != nil {
				return nil, err
			}
			out.Content = append(out.Content, x)
		}
		return &out, nil
	case yaml.MappingNode:
		return u.mapping(n, path, depth)
	}
	out := *n
	return &out, nil
}

// mapping resolves a mapping's own keys first, then what it merges: own keys win.
func (u *unfolder) mapping(n *yaml.Node, path string, depth int) (*yaml.Node, error) {
	out, own := *n, map[string]bool{}
	out.Content = nil
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind != yaml.ScalarNode {
			return nil, u.fail(k, path, "a key has to be a plain name", "")
		}
		if isMerge(k.Value) {
			continue
		}
		if own[k.Value] {
			return nil, u.fail(k, join(path, k.Value), "key given twice", "each key once")
		}
		own[k.Value] = true
		v, err := u.unfold(n.Content[i+1], join(path, k.Value), depth+1)
		if err != nil {
			return nil, err
		}
		key := *k
		out.Content = append(out.Content, &key, v)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i]; isMerge(k.Value) {
			v, err := u.unfold(n.Content[i+1], join(path, k.Value), depth+1)
			if err != nil {
				return nil, err
			}
			if err := u.merge(&out, v, k, path, k.Value == "<<<"); err != nil {
				return nil, err
			}
		}
	}
	return &out, nil
}

func isMerge(key string) bool { return key == "<<" || key == "<<<" }

// merge adds the keys of a mapping, or of each of a list, that out does not have; deep goes on within those both have.
func (u *unfolder) merge(out, from, place *yaml.Node, path string, deep bool) error {
	list := []*yaml.Node{from}
	if from.Kind == yaml.SequenceNode {
		list = from.Content
	}
	index := map[string]int{}
	for i := 0; i+1 < len(out.Content); i += 2 {
		index[out.Content[i].Value] = i + 1
	}
	for _, m := range list {
		if m.Kind != yaml.MappingNode {
			return u.fail(place, join(path, place.Value), "only mappings can be merged", "an alias of a mapping, a list of such")
		}
		for i := 0; i+1 < len(m.Content); i += 2 {
			j, there := index[m.Content[i].Value]
			switch {
			case !there:
				index[m.Content[i].Value] = len(out.Content) + 1
				out.Content = append(out.Content, m.Content[i], m.Content[i+1])
			case deep && out.Content[j].Kind == yaml.MappingNode && m.Content[i+1].Kind == yaml.MappingNode:
				if err := u.merge(out.Content[j], m.Content[i+1], place, path, true); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// at returns where the value of a key stands in a mapping's Content, -1 where it has none. Long mappings are searched once
// for all keys: a reader that asks for each of them would take time with the square of their number.
func (d *Doc) at(n *yaml.Node, key string) int {
	if len(n.Content) > 100 {
		if d.keys[n] == nil {
			d.keys[n] = make(map[string]int, len(n.Content)/2)
			for i := len(n.Content) - 2; i >= 0; i -= 2 {
				d.keys[n][n.Content[i].Value] = i + 1
			}
		}
		if i, ok := d.keys[n][key]; ok {
			return i
		}
		return -1
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i + 1
		}
	}
	return -1
}

// longestKey is how much of a key paths show: every value has one, and keys may be megabytes.
const longestKey = 100

func join(path, key string) string {
	if len(key) > longestKey {
		key = strings.ToValidUTF8(key[:longestKey], "") + "..."
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// short shows a value in a message.
func short(n *yaml.Node) string {
	s := n.Value
	switch n.Kind {
	case yaml.SequenceNode:
		s = "a list"
		if parts := scalars(n); parts != nil {
			s = "[" + strings.Join(parts, ", ") + "]"
		}
	case yaml.MappingNode:
		s = "a mapping"
	}
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 60 {
		s = string(r[:57]) + "..."
	}
	return s
}

// scalars returns the texts of a list of plain values, nil for other lists.
func scalars(n *yaml.Node) []string {
	out := []string{}
	for _, c := range n.Content {
		if c.Kind != yaml.ScalarNode || len(out) > 20 {
			return nil
		}
		out = append(out, c.Value)
	}
	return out
}
