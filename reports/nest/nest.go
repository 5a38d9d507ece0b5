// Package nest shows a mapping as people read it: an indented loop nest with the tile that each loop leaves, what each
// memory keeps of which tensor, how full that makes it, and what moves at each level.
//
// It reads what package results stores, a mapping's JSON (docs/json.md) and the components' figures, and knows no
// mapper: the figures are those that were computed when the layer was mapped. Text is for terminals and sheets; the
// lines and levels are for pictures.
//
//	n, err := nest.Read(layer.MappingJSON, layer.Components)
//	n.Text()   // Loops and Traffic, one below the other: docs/model.md has one and says how to read it
//
// nest.go makes lines, tiles and levels of the JSON, text.go aligns them.
package nest

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"tcmdse/results"
)

// Nest is a mapping with its figures.
type Nest struct {
	Lines     []Line
	Levels    []Level // memories and the compute unit, outermost first, then the networks of arrays
	Compute   int     // the compute unit's place in Levels; -1: not known
	Imperfect bool    // loops may leave a remainder: tiles are at most what is said
}

// Line is a loop, or what a memory keeps from here on inwards.
type Line struct {
	Depth int // loops and storage nodes around it

	// A loop over rank variable Var: In passes, each over Tile values of it. With a remainder, the last pass covers fewer.
	// Array is the array and dimension that run all passes at once, "PE.x"; "" where they run in turn.
	Var   string
	In    int64
	Tile  int64
	Array string

	// Keep is the memory whose storage nodes these are, "" for a loop.
	Keep string
	Kept []Tile
}

// Tile is what one instance of a memory keeps of a tensor.
type Tile struct {
	Tensor string
	Bits   float64 // at most, of each instance; 0: not known
}

// Level is one component of the architecture as the layer uses it.
type Level struct {
	Name      string
	Instances int64
	PeakBits  float64 // of each instance
	SizeBits  int64   // of each instance; 0: unlimited, and of a compute unit
	Traffic   []results.TensorTraffic
}

// Fill is how much of each instance is used at most: 0..1, and -1 where its size is unlimited.
func (l *Level) Fill() float64 {
	if l.SizeBits <= 0 {
		return -1
	}
	return l.PeakBits / float64(l.SizeBits)
}

// node is one element of a mapping's JSON.
type node struct {
	Keep   string `json:"keep"`
	Tensor string `json:"tensor"`
	Par    string `json:"par"`
	For    string `json:"for"`
	In     int64  `json:"in"`
}

// maxNodes is far more than a mapping has (a loop and a storage node for each variable, tensor and level); a text of so
// many nested lines takes some megabytes.
const maxNodes = 2000

// Read builds the nest of a mapping in the JSON form of map --json, with the components of its layer.
func Read(mapping string, components []results.Component) (*Nest, error) {
	var m struct {
		Imperfect bool   `json:"imperfect"`
		Nodes     []node `json:"nodes"`
	}
	if err := json.Unmarshal([]byte(mapping), &m); err != nil {
		return nil, fmt.Errorf("nest: %w", err)
	}
	if len(m.Nodes) > maxNodes {
		return nil, fmt.Errorf("nest: %d nodes; at most %d are shown", len(m.Nodes), maxNodes)
	}
	n := &Nest{Imperfect: m.Imperfect}
	for i := range components {
		k := &components[i]
		n.Levels = append(n.Levels, Level{k.Name, k.Instances, k.PeakBits, k.SizeBits, k.Tensors})
	}
	depth := 0
	for _, x := range m.Nodes {
		switch last := len(n.Lines) - 1; {
		case x.Keep != "" && last >= 0 && n.Lines[last].Keep == x.Keep:
			n.Lines[last].Kept = append(n.Lines[last].Kept, n.tile(x.Keep, x.Tensor))
			continue
		case x.Keep != "":
			n.Lines = append(n.Lines, Line{Depth: depth, Keep: x.Keep, Kept: []Tile{n.tile(x.Keep, x.Tensor)}})
		case x.For != "" && x.In > 0:
			n.Lines = append(n.Lines, Line{Depth: depth, Var: x.For, In: x.In, Array: x.Par})
		default:
			return nil, fmt.Errorf("nest: a node keeps no tensor and is no loop")
		}
		depth++
	}
	tiles := map[string]int64{}
	for i := len(n.Lines) - 1; i >= 0; i-- {
		if l := &n.Lines[i]; l.Keep == "" {
			l.Tile = max(1, tiles[l.Var])
			if tiles[l.Var] = l.Tile * l.In; tiles[l.Var]/l.In != l.Tile { // no size is that large
				tiles[l.Var] = math.MaxInt64
			}
		}
	}
	n.Compute = n.compute(components)
	return n, nil
}

// compute finds the compute unit: no memory, and busy, as networks never are. They stand behind it; old files may have
// none, or no times.
func (n *Nest) compute(components []results.Component) int {
	for i := len(components) - 1; i >= 0; i-- {
		if k := &components[i]; k.BusyS > 0 && k.SizeBits == 0 && k.PeakBits == 0 && !n.keeps(k.Name) {
			return i
		}
	}
	for i := len(components) - 1; i >= 0; i-- {
		array := func(l Line) bool { return strings.HasPrefix(l.Array, components[i].Name+".") }
		if k := &components[i]; k.SizeBits == 0 && !n.keeps(k.Name) && !slices.ContainsFunc(n.Lines, array) {
			return i
		}
	}
	return -1
}

// keeps tells whether a memory keeps anything.
func (n *Nest) keeps(memory string) bool {
	return slices.ContainsFunc(n.Lines, func(l Line) bool { return l.Keep == memory })
}

// tile looks up what a memory keeps of a tensor.
func (n *Nest) tile(memory, tensor string) Tile {
	for i := range n.Levels {
		if n.Levels[i].Name != memory {
			continue
		}
		for _, t := range n.Levels[i].Traffic {
			if t.Tensor == tensor {
				return Tile{tensor, t.PeakBits}
			}
		}
	}
	return Tile{Tensor: tensor}
}
