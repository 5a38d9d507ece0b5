package workload

import (
	"embed"
	"encoding/binary"
	"math/big"

	"tcmdse/internal/yamlsrc"
)

//go:embed nets/*.yaml
var nets embed.FS

func embedded() yamlsrc.Embedded {
	return yamlsrc.Embedded{Files: nets, Folder: "nets", Kind: "network"}
}

// Names lists the embedded networks, sorted.
func Names() []string { return embedded().Names() }

// NetYAML returns an embedded network's text with its comments.
func NetYAML(name string) ([]byte, error) { return embedded().Text(name) }

// Open reads a network: a file, its path relative to the folder from, or else an embedded name.
func Open(name, from string) (*Network, error) {
	data, file, _, err := embedded().Read(name, from)
	if err != nil {
		return nil, err
	}
	return Parse(data, file)
}

// TotalMACs returns the multiply-accumulates of the network, layers multiplied by their count.
func (n *Network) TotalMACs() *big.Int {
	sum := new(big.Int)
	for i := range n.Layers {
		m := n.Layers[i].Einsum.Points()
		sum.Add(sum, m.Mul(m, big.NewInt(n.Layers[i].Count)))
	}
	return sum
}

// TotalWeights returns the values in all tensors of role weights, layers multiplied by their count.
func (n *Network) TotalWeights() *big.Int {
	sum := new(big.Int)
	for i := range n.Layers {
		l := &n.Layers[i]
		for t := range l.Einsum.Tensors {
			if l.Einsum.Tensors[t].Role == "weights" {
				w := l.Einsum.Values(t)
				sum.Add(sum, w.Mul(w, big.NewInt(l.Count)))
			}
		}
	}
	return sum
}

// ShapeKey identifies what the mapper sees of an Einsum: variables, projections, widths, names and roles. Layers of
// equal keys have equal mappings.
func (e *Einsum) ShapeKey() string {
	var b []byte
	str := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	num := func(x int64) { b = binary.AppendVarint(b, x) }
	num(int64(len(e.Vars)))
	for _, v := range e.Vars {
		str(v.Name)
		num(v.Size)
	}
	for _, t := range e.Tensors {
		str(t.Name)
		str(t.Role)
		num(t.Bits)
		if t.Output {
			num(1)
		}
		num(int64(len(t.Dims)))
		for _, d := range t.Dims {
			num(int64(len(d)))
			for _, term := range d {
				num(term.Coef)
				num(int64(term.Var))
			}
		}
	}
	return string(b)
}
