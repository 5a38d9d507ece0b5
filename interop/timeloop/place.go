package timeloop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tcmdse/hwmodel"
	"tcmdse/interop/archfile"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
)

// Timeloop's loops at a level lie below that level's storage and above the next one's, and data stays in a memory as long as no
// loop above it changes which data it is: over loops that do not concern it, and, of one that moves a window, what
// overlaps, where that is the loop right above. Here reuse is a matter of where the storage node stands. So each node is moved up over the loops right above
// it that its tensor is irrelevant to, and over one more that slides its window where that moves less. Spatial loops go
// right above the first node of the memories below their array: loops that were passed then stand below the array, which
// changes no count, since the extents at every node stay.
//
// Nodes of an outer memory stay above those of an inner one, so a node cannot always go as far up as Timeloop's reuse
// goes; a note says which loops cost more here.

// loop is one temporal loop, outermost first in a list.
type loop struct {
	x    int
	n    int64
	line int
}

// node is a storage node that stands above the loops from at on.
type node struct {
	memory, tensor int
	at             int
	slides         bool
	line           int
}

// place builds the mapping.
func (d *directives) place() *mapping.Mapping {
	var loops []loop
	above := make([]int, len(d.arch.Nodes)) // temporal loops above each memory, as Timeloop has them
	for _, i := range d.order() {
		above[i] = len(loops)
		dir := d.temporal[i]
		if dir == nil {
			continue
		}
		for k := len(dir.order) - 1; k >= 0; k-- {
			if n := dir.factors[dir.order[k]]; n > 1 {
				loops = append(loops, loop{dir.order[k], n, dir.at.Line()})
			}
		}
	}
	var nodes []node
	floor := 0
	for i := range d.arch.Nodes {
		if d.arch.Nodes[i].Kind != hwmodel.Memory {
			continue
		}
		own := d.storage(i, above[i], floor, loops)
		for _, n := range own {
			floor = max(floor, n.at)
		}
		nodes = append(nodes, own...)
	}
	return d.emit(loops, nodes)
}

// order returns the memories as Timeloop has them, outermost first: an import may have put memories that stand side by side
// in another order.
func (d *directives) order() []int {
	var out []int
	for i := range d.arch.Nodes {
		if d.arch.Nodes[i].Kind == hwmodel.Memory {
			out = append(out, i)
		}
	}
	for _, i := range out {
		if _, known := d.levels[d.arch.Nodes[i].Name]; !known {
			return out
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return d.levels[d.arch.Nodes[a].Name] - d.levels[d.arch.Nodes[b].Name] })
	return out
}

// storage places the nodes of one memory, at or below floor.
func (d *directives) storage(i, above, floor int, loops []loop) []node {
	keep := d.keep[i]
	if keep == nil {
		keep = d.usual(i)
	}
	line := d.at.Line()
	if v, ok := d.held[i]; ok {
		line = v.Line()
	} else if dir := d.temporal[i]; dir != nil {
		line = dir.at.Line()
	}
	var out []node
	for t := range d.e.Tensors {
		if i == 0 && !keep[t] {
			d.at.Fail(fmt.Sprintf("%s bypasses the outermost memory, %s", d.e.Tensors[t].Name, d.arch.Nodes[0].Name), "an outermost memory that keeps everything")
		}
		if !keep[t] {
			continue
		}
		n := node{memory: i, tensor: t, line: line}
		n.at, n.slides = d.highest(i, t, above, loops)
		if n.at < floor {
			d.lost(&n, floor, loops)
			n.at, n.slides = floor, false
		}
		out = append(out, n)
	}
	slices.SortStableFunc(out, func(a, b node) int {
		if a.at != b.at {
			return a.at - b.at
		}
		if a.slides != b.slides {
			return map[bool]int{true: 1, false: -1}[a.slides] // right above the loop that slides it
		}
		return 0
	})
	return out
}

// highest returns how many loops stand above a node that is moved up as far as Timeloop's reuse goes.
func (d *directives) highest(i, t, above int, loops []loop) (at int, slides bool) {
	if i == 0 {
		return 0, false
	}
	for at = above; at > 0; at-- {
		l := loops[at-1]
		switch d.p.Relevance(t, d.of[l.x]) {
		case model.Relevant:
			return at, false
		case model.Partial:
			if at != above {
				return at, false // Timeloop slides over the loop right above only (docs/import-timeloop.md has the figures)
			}
			inner := d.extents(i, at, loops)
			outer := slices.Clone(inner)
			outer[d.of[l.x]] *= l.n
			if d.p.Footprint(t, outer) <= float64(l.n)*d.p.Footprint(t, inner) {
				return at - 1, true
			}
			return at, false
		}
	}
	return 0, false
}

// extents are those of the tile below the first loops of the list, at memory i, by variable of the model's problem.
func (d *directives) extents(i, at int, loops []loop) []int64 {
	out := make([]int64, len(d.p.Vars))
	for x := range out {
		out[x] = 1
	}
	for _, l := range loops[at:] {
		out[d.of[l.x]] *= l.n
	}
	for k, dir := range d.spatial {
		if k > i {
			for x, n := range dir.factors {
				if n > 1 {
					out[d.of[x]] *= n
				}
			}
		}
	}
	return out
}

// lost notes the reuse that a node does not have here.
func (d *directives) lost(n *node, floor int, loops []loop) {
	var names []string
	passes := 1.0
	for _, l := range loops[n.at:floor] {
		names = append(names, fmt.Sprintf("%s in %d", d.e.Vars[l.x].Name, l.n))
		passes *= float64(l.n)
	}
	d.passes *= passes
	d.notes.Approximate(d.at, "%s stays in %s over the loops %s in Timeloop; here nodes of outer memories stand below these loops, so it is moved again in each pass",
		d.e.Tensors[n.tensor].Name, d.arch.Nodes[n.memory].Name, strings.Join(names, ", "))
}

// emit writes the list: nodes and loops in order, arrays right above the first node below them.
func (d *directives) emit(loops []loop, nodes []node) *mapping.Mapping {
	m := &mapping.Mapping{}
	add := func(n mapping.Node, line int) {
		m.Nodes = append(m.Nodes, n)
		m.Lines = append(m.Lines, line)
	}
	next := 0 // array to write
	arrays := func(before int) {
		for ; next < before; next++ {
			d.array(next, add)
		}
	}
	for k := 0; k <= len(loops); k++ {
		for _, n := range nodes {
			if n.at == k {
				arrays(n.memory)
				add(mapping.Node{Kind: mapping.Storage, Memory: d.arch.Nodes[n.memory].Name, Tensor: d.e.Tensors[n.tensor].Name}, n.line)
			}
		}
		if k < len(loops) {
			l := loops[k]
			add(mapping.Node{Kind: mapping.Temporal, Var: d.e.Vars[l.x].Name, N: l.n}, l.line)
		}
	}
	arrays(len(d.arch.Nodes))
	return m
}

// array writes the spatial loops of one array.
func (d *directives) array(i int, add func(mapping.Node, int)) {
	a, dir := &d.arch.Nodes[i], d.spatial[i]
	if dir == nil || a.Kind != hwmodel.Array {
		return
	}
	for k := len(dir.order) - 1; k >= 0; k-- {
		x := dir.order[k]
		n := dir.factors[x]
		if n <= 1 {
			continue
		}
		dim := 0 // of an array of one dimension too: the other is of size 1 in Timeloop's file
		if len(a.Dims) > 1 && dir.split >= 0 && k >= dir.split {
			dim = 1
		}
		add(mapping.Node{Kind: mapping.Spatial, Array: a.Name, Dim: a.Dims[dim].Name, Var: d.e.Vars[x].Name, N: n}, dir.at.Line())
	}
}

// MappingYAML writes the mapping as a file of this project.
func (im *Import) MappingYAML() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Imported from %s of Timeloop by tcmdse import timeloop.\nnodes:\n", archfile.OneLine(im.From["mapping"]))
	for _, n := range im.Mapping.Nodes {
		text, err := json.Marshal(mapping.Mapping{Nodes: []mapping.Node{n}})
		if err != nil {
			continue // names were checked when they were read
		}
		inner := strings.TrimSuffix(strings.TrimPrefix(string(text), `{"nodes":[`), `]}`)
		b.WriteString("  - " + inner + "\n")
	}
	return b.Bytes()
}
