package mapping

import (
	"strconv"
	"strings"
)

// Text writes the mapping as a loop nest, each loop indenting what runs inside it, the last line being the compute:
//
//	DRAM keeps I W O
//	for m in 4
//	  GLB keeps W
//	  par PE.x: m in 16
//	    MAC
//
// Neighbouring storage nodes of one memory share a line, outermost first. Equal mappings give equal texts; every line
// ends in a newline.
func (m *Mapping) Text(compute string) string {
	var b strings.Builder
	indent := 0
	for i := range m.Nodes {
		n := &m.Nodes[i]
		if n.Kind == Storage && i > 0 && m.Nodes[i-1].Kind == Storage && m.Nodes[i-1].Memory == n.Memory {
			b.WriteString(" " + n.Tensor)
			continue
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.Repeat("  ", indent))
		b.WriteString(n.String())
		if n.Kind != Storage {
			indent++
		}
	}
	if len(m.Nodes) > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(strings.Repeat("  ", indent))
	b.WriteString(compute)
	b.WriteByte('\n')
	return b.String()
}

// String writes the node as its line in Text.
func (n Node) String() string {
	loop := n.Var + " in " + strconv.FormatInt(n.N, 10)
	switch n.Kind {
	case Storage:
		return n.Memory + " keeps " + n.Tensor
	case Spatial:
		return "par " + n.Array + "." + n.Dim + ": " + loop
	}
	return "for " + loop
}
