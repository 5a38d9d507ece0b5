package mapping

import (
	"slices"
	"strings"

	"tcmdse/internal/yamlsrc"
)

// Parse reads a mapping from JSON or YAML (of which JSON is a part): an object with the key nodes (and perhaps imperfect), in the form that
// MarshalJSON writes, or a layer of `tcmdse map --json`, whose key mapping holds such an object; the layer's other
// keys are passed over. The file's name is for messages. Whether the names exist and the rules of definition.md section 2
// hold is for package model to tell.
//
// Errors are of type *yamlsrc.Error: text that is not YAML, unknown or missing keys, a node of no or of two kinds,
// what is no name, loops of less than one pass.
func Parse(data []byte, file string) (*Mapping, error) {
	doc, err := yamlsrc.Parse(data, file)
	if err != nil {
		return nil, err
	}
	root := doc.Root()
	if keys := doc.Root().Keys(); slices.Contains(keys, "mapping") && !slices.Contains(keys, "nodes") {
		root = root.Need("mapping")
	}
	list := root.Need("nodes")
	m := &Mapping{Nodes: []Node{}, Imperfect: root.Get("imperfect").Bool()}
	// A second set of the same values tells the keys, as asking a value for its keys makes all of them known to it.
	probes := list.List()
	for i, v := range list.List() {
		m.Nodes, m.Lines = append(m.Nodes, readNode(v, probes[i].Keys())), append(m.Lines, v.Line())
	}
	root.Done()
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

// readNode reads one node, given the keys it has. Errors are left with the document.
func readNode(v yamlsrc.Value, keys []string) Node {
	var n Node
	switch {
	case slices.Contains(keys, "keep"):
		n = Node{Kind: Storage, Memory: v.Need("keep").Name(), Tensor: v.Need("tensor").Name()}
	case slices.Contains(keys, "par"):
		n = Node{Kind: Spatial, Var: v.Need("for").Name(), N: v.Need("in").Int(1)}
		n.Array, n.Dim = readPlace(v.Need("par"))
	case slices.Contains(keys, "for"):
		n = Node{Kind: Temporal, Var: v.Need("for").Name(), N: v.Need("in").Int(1)}
	default:
		v.Fail("not a node of a mapping", "{keep: MEMORY, tensor: T}, {for: VARIABLE, in: N}, {par: ARRAY.DIM, for: VARIABLE, in: N}")
	}
	v.Done()
	return n
}

// readPlace reads an array's dimension, such as PE.x.
func readPlace(v yamlsrc.Value) (array, dim string) {
	array, dim, _ = strings.Cut(v.Str(), ".")
	if v.Present() && (!yamlsrc.IsName(array) || !yamlsrc.IsName(dim)) {
		v.Fail("not a dimension of an array", "ARRAY.DIM such as PE.x")
	}
	return array, dim
}
