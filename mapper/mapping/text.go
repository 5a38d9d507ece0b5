package mapping

import (
	"encoding/json"
	"fmt"
	"strings"

	"tcmdse/internal/yamlsrc"
)

// String writes one node as a person reads it.
func (n Node) String() string {
	switch n.Kind {
	case Storage:
		return n.Memory + " keeps " + n.Tensor
	case Spatial:
		return fmt.Sprintf("par %s.%s: %s in %d", n.Array, n.Dim, n.Var, n.N)
	}
	return fmt.Sprintf("for %s in %d", n.Var, n.N)
}

// Text writes the mapping as an indented loop nest ending in the named compute. Storage nodes of one memory that
// follow each other share a line.
func (m *Mapping) Text(compute string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(m.Nodes); i++ {
		n := m.Nodes[i]
		line := n.String()
		for n.Kind == Storage && i+1 < len(m.Nodes) && m.Nodes[i+1].Kind == Storage && m.Nodes[i+1].Memory == n.Memory {
			i++
			line += " " + m.Nodes[i].Tensor
		}
		fmt.Fprintf(&b, "%s%s\n", strings.Repeat("  ", depth), line)
		if n.Kind != Storage {
			depth++
		}
	}
	fmt.Fprintf(&b, "%s%s\n", strings.Repeat("  ", depth), compute)
	return b.String()
}

// nodeJSON is the written form of a node: {"keep": memory, "tensor": T}, {"for": v, "in": n}, with "par":
// "array.dim" for spatial loops.
type nodeJSON struct {
	Keep   string `json:"keep,omitempty"`
	Tensor string `json:"tensor,omitempty"`
	Par    string `json:"par,omitempty"`
	For    string `json:"for,omitempty"`
	In     int64  `json:"in,omitempty"`
}

// MarshalJSON writes the form that Parse reads.
func (m Mapping) MarshalJSON() ([]byte, error) {
	nodes := []nodeJSON{}
	for _, n := range m.Nodes {
		switch n.Kind {
		case Storage:
			nodes = append(nodes, nodeJSON{Keep: n.Memory, Tensor: n.Tensor})
		case Temporal:
			nodes = append(nodes, nodeJSON{For: n.Var, In: n.N})
		case Spatial:
			nodes = append(nodes, nodeJSON{Par: n.Array + "." + n.Dim, For: n.Var, In: n.N})
		}
	}
	return json.Marshal(struct {
		Nodes []nodeJSON `json:"nodes"`
	}{nodes})
}

// Parse reads a mapping as YAML or JSON: {nodes: [...]}, or a layer as `map --json` prints it, whose mapping it takes.
func Parse(data []byte, file string) (*Mapping, error) {
	doc, err := yamlsrc.Parse(data, file)
	if err != nil {
		return nil, err
	}
	root := doc.Root()
	if in := root.Get("mapping"); in.Present() {
		root.Keys()
		root = in
	}
	m := &Mapping{}
	for _, v := range root.Need("nodes").List() {
		m.Nodes = append(m.Nodes, parseNode(v))
	}
	root.Done()
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

func parseNode(v yamlsrc.Value) Node {
	defer v.Done()
	if keep := v.Get("keep"); keep.Present() {
		return Node{Kind: Storage, Memory: keep.Str(), Tensor: v.Need("tensor").Str()}
	}
	n := Node{Kind: Temporal, Var: v.Need("for").Str(), N: v.Need("in").Int(1)}
	if par := v.Get("par"); par.Present() {
		var ok bool
		n.Kind = Spatial
		if n.Array, n.Dim, ok = strings.Cut(par.Str(), "."); !ok {
			par.Fail("not a dimension of an array", "ARRAY.DIM")
		}
	}
	return n
}
