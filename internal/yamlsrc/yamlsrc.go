// Package yamlsrc reads YAML strictly: every error names file, line and key, what was given and what is allowed.
//
//	doc, err := yamlsrc.Parse(data, "a.yaml")
//	root := doc.Root()
//	name := root.Get("name").Str()
//	size := root.Get("size").Quantity(unit.Bits)
//	root.Done()                       // any other key is an error
//	if err := doc.Err(); err != nil { // the first error of all the above
//
// yamlsrc.go has documents, value.go their values, error.go what mistakes look like, near.go the word that was meant; read.go
// reads files of bounded size, embedded.go those that a package brings along.
//
// Getting what is absent gives a zero Value, and reading that gives zero values, so optional keys need no test.
package yamlsrc

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Doc is one YAML document. The first error met while reading it is kept.
type Doc struct {
	File string
	root *yaml.Node
	err  error

	aliases []*yaml.Node // being followed by survey
}

// maxNodes bounds a document after its aliases are followed, against files that unfold without end.
const maxNodes = 1_000_000

// maxKeys bounds a mapping: what reads one, viper's decoder among others, takes the square of its keys.
const maxKeys = 10_000

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
	if err := d.survey(d.root, nil, &count); err != nil {
		return nil, err
	}
	return d, nil
}

// survey refuses duplicate keys, keys that differ only in case (tools that fold case would mix them up), and bombs.
func (d *Doc) survey(n *yaml.Node, at *trail, count *int) error {
	if *count++; *count > maxNodes {
		return &Error{File: d.File, Line: n.Line, Key: at.path(), Msg: "the document unfolds to more than a million values"}
	}
	switch n.Kind {
	case yaml.AliasNode:
		if slices.Contains(d.aliases, n.Alias) {
			return &Error{File: d.File, Line: n.Line, Key: at.path(), Msg: "this alias stands inside what it stands for"}
		}
		d.aliases = append(d.aliases, n.Alias)
		defer func() { d.aliases = d.aliases[:len(d.aliases)-1] }()
		return d.survey(n.Alias, at, count)
	case yaml.SequenceNode:
		for i, c := range n.Content {
			if err := d.survey(c, &trail{to: at, index: i}, count); err != nil {
				return err
			}
		}
	case yaml.MappingNode:
		if len(n.Content)/2 > maxKeys {
			return &Error{File: d.File, Line: n.Line, Key: at.path(), Msg: fmt.Sprintf("a mapping of %d keys", len(n.Content)/2), Allowed: fmt.Sprintf("at most %d", maxKeys)}
		}
		seen, exact := make(map[string]string), make(map[string]bool)
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if k.Kind != yaml.ScalarNode {
				return &Error{File: d.File, Line: k.Line, Key: at.path(), Msg: "a key has to be a plain name", Given: short(k)}
			}
			low := strings.ToLower(k.Value)
			if exact[k.Value] {
				return &Error{File: d.File, Line: k.Line, Col: k.Column, Key: join(at.path(), k.Value), Msg: "key given twice", Allowed: "each key once"}
			}
			exact[k.Value] = true
			if was, ok := seen[low]; ok && !caseMatters(at.path()) {
				return &Error{File: d.File, Line: k.Line, Col: k.Column, Key: join(at.path(), k.Value), Msg: fmt.Sprintf("key differs from %q only in case", was), Allowed: "each key once"}
			}
			seen[low] = k.Value
			if err := d.survey(n.Content[i+1], &trail{to: at, key: k}, count); err != nil {
				return err
			}
		}
	}
	return nil
}

// trail is the way to a value, written as a path only where that is asked for: keys may be long, and deep.
type trail struct {
	to    *trail     // nil: the root
	key   *yaml.Node // nil: an element of a list
	index int
}

func (t *trail) path() string {
	var way []*trail
	for ; t != nil; t = t.to {
		way = append(way, t)
	}
	var b strings.Builder
	for i, x := range slices.Backward(way) {
		switch {
		case x.key == nil:
			fmt.Fprintf(&b, "[%d]", x.index)
		case i == len(way)-1:
			b.WriteString(x.key.Value)
		default:
			b.WriteString("." + x.key.Value)
		}
	}
	return b.String()
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
