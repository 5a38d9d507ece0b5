package foreign

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Note says what became of one thing in a file.
type Note struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Key  string `json:"key,omitempty"`
	Text string `json:"text"`
}

// String writes the note as one line.
func (n Note) String() string {
	s := n.File
	if n.Line > 0 {
		s += fmt.Sprintf(":%d", n.Line)
	}
	if n.Key != "" {
		s += ": " + n.Key
	}
	return s + ": " + n.Text
}

// Notes is what an import changed or lost.
type Notes struct {
	Approximated []Note `json:"approximated"` // taken, but not as the file means it, or filled in
	LeftOut      []Note `json:"left_out"`     // not taken

	approximated, leftOut map[Note]bool // what the lists hold: there may be as many as values in a file
}

// Sort puts both lists in the order of the files.
func (n *Notes) Sort() {
	for _, list := range [][]Note{n.Approximated, n.LeftOut} {
		slices.SortStableFunc(list, func(a, b Note) int {
			return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), strings.Compare(a.Key, b.Key))
		})
	}
}

// Approximate notes that a value was taken with a change.
func (n *Notes) Approximate(v Value, format string, args ...any) {
	add(&n.Approximated, &n.approximated, noteAt(v, fmt.Sprintf(format, args...)))
}

// Leave notes that a value was not taken, and counts all of it as read.
func (n *Notes) Leave(v Value, format string, args ...any) {
	v.Take()
	n.LeaveOut(noteAt(v, fmt.Sprintf(format, args...)))
}

// add appends a note that is not there yet.
func add(list *[]Note, have *map[Note]bool, n Note) {
	if *have == nil {
		*have = map[Note]bool{}
	}
	if !(*have)[n] {
		(*have)[n] = true
		*list = append(*list, n)
	}
}

// LeaveOut adds what nothing asked for.
func (n *Notes) LeaveOut(notes ...Note) {
	for _, x := range notes {
		add(&n.LeftOut, &n.leftOut, x)
	}
}

func noteAt(v Value, text string) Note {
	return Note{File: v.File(), Line: v.Line(), Key: v.Path(), Text: text}
}

// Unread lists the values that nothing asked for: each as a whole where nothing in it was looked at. What a note told of
// is not listed again.
func (d *Doc) Unread() []Note {
	var out []Note
	var visit func(n *yaml.Node, path string)
	child := func(c *yaml.Node, path string) {
		switch {
		case !d.read[c]:
			if !(c.Kind == yaml.ScalarNode && c.Tag == "!!null") && !(c.Kind != yaml.ScalarNode && len(c.Content) == 0) {
				out = append(out, Note{File: d.File, Line: d.line(c), Key: path, Text: "not taken: " + short(c)})
			}
		case d.used[c]:
			visit(c, path)
		}
	}
	visit = func(n *yaml.Node, path string) {
		switch n.Kind {
		case yaml.SequenceNode:
			for i, c := range n.Content {
				child(c, fmt.Sprintf("%s[%d]", path, i))
			}
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				child(n.Content[i+1], join(path, n.Content[i].Value))
			}
		}
	}
	visit(d.root, "")
	return out
}
