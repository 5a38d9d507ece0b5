package workload

import (
	"embed"
	"encoding/binary"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tcmdse/internal/yamlsrc"
)

//go:embed nets/*.yaml
var nets embed.FS

// Names lists the embedded networks, sorted.
func Names() []string {
	entries, _ := nets.ReadDir("nets")
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return out
}

// NetYAML returns an embedded network's text with its comments.
func NetYAML(name string) ([]byte, error) {
	data, err := nets.ReadFile("nets/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("no embedded network %q; there are %s", name, strings.Join(Names(), ", "))
	}
	return data, nil
}

// Open reads a network: a file, its path relative to the folder from, or else an embedded name.
func Open(name, from string) (*Network, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(from, path)
	}
	data, err := yamlsrc.ReadFile(path)
	if err == nil {
		return Parse(data, path)
	}
	if _, statErr := os.Stat(path); statErr == nil && !embedded(name) {
		return nil, &yamlsrc.Error{File: path, Msg: err.Error()}
	}
	data, err = NetYAML(name)
	if err != nil {
		msg := fmt.Sprintf("no file %s and no embedded network %q", path, name)
		msg += yamlsrc.Meant(name, Names())
		return nil, &yamlsrc.Error{File: name, Msg: msg, Allowed: "a file, " + strings.Join(Names(), ", ")}
	}
	return Parse(data, name+".yaml (embedded)")
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

func embedded(name string) bool { return slices.Contains(Names(), name) }
