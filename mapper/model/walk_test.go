package model_test

import (
	"slices"
	"strconv"
	"strings"

	"tcmdse/hwmodel"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/workload"
)

// A walk executes a mapping literally, iteration by iteration and instance by instance, and counts what moves value
// by value. It shares no code with package model: tiles are boxes of coordinates, reuse is what the boxes show.
//
// What it takes from the geometry alone:
//   - a transfer moves the values of the box that the node below covers, each counted singly;
//   - instances share a transfer when their positions differ only along loops that leave the tensor's box where it
//     is, on dimensions whose wires multicast the tensor;
//   - an output value is fetched from above unless this instance of the node has never held it before;
//   - times are those of the busiest instance of each memory and of the compute;
//   - a pass covers the points that are left, and one without any is not run (section 7).
//
// Where definition.md defines a count that hardware need not have, the walk follows its words:
//   - every arrival at a node moves its whole tile anew, even where the node still holds all or part of it;
//   - boxes are dense: with a stride they hold values that no multiply-accumulate uses;
//   - old partial sums go to every instance that reduces into the same place, not to one of them;
//   - tiles that coincide because two loops of one dimension cancel out (p+1, r-1) are not shared;
//   - an output with variables that share a dimension counts as new only in the first pass of every temporal loop
//     over a variable that is alone in none (N' of section 3), though later boxes reach values never held before.
type walk struct {
	arch  *hwmodel.Arch
	e     *workload.Einsum
	nodes []mapping.Node

	tensor []int // by node: storage nodes' tensor, else -1
	parent [][]int
	stop   []int   // by storage node: the place where its occupancy is taken (section 4)
	steps  []int64 // by place: temporal steps from there on
	below  []int64 // by loop: points of one pass, the product of the loops on its variable further in

	corner, extent []int64 // of the current tile, by variable
	index          []int64 // of the loop at each node above the current place
	now            int64   // temporal steps done before this point
	live           []map[string]*span

	shared map[string]bool // transfers already served by the node above
	held   map[string]bool // output values that an instance has held

	count        map[flow]float64            // values moved, all instances together
	crossed      map[string]float64          // bits that cross an array's network, as the memory above counts them
	perInstance  map[string]map[flow]float64 // the same by memory and instance
	peak         []int64                     // by storage node: values of the box at its stop
	peakLive     []int64                     // by storage node: most values that are between first and last use
	computeSteps map[string]int64            // by compute instance
	macs         int64
}

type flow struct {
	memory, tensor string
	write          bool
}

// span is the time from first to last use of a value, in temporal steps.
type span struct{ first, last int64 }

func newWalk(a *hwmodel.Arch, e *workload.Einsum, m *mapping.Mapping) *walk {
	n := len(m.Nodes)
	w := &walk{
		arch: a, e: e, nodes: m.Nodes, tensor: make([]int, n), parent: make([][]int, n+1), stop: make([]int, n),
		steps: make([]int64, n+1), corner: make([]int64, len(e.Vars)), extent: make([]int64, len(e.Vars)),
		index: make([]int64, n), live: make([]map[string]*span, n), shared: map[string]bool{}, held: map[string]bool{},
		count: map[flow]float64{}, crossed: map[string]float64{}, perInstance: map[string]map[flow]float64{}, peak: make([]int64, n), below: make([]int64, n),
		peakLive: make([]int64, n), computeSteps: map[string]int64{},
	}
	for v := range e.Vars {
		w.extent[v] = e.Vars[v].Size
	}
	w.steps[n] = 1
	inside := slices.Repeat([]int64{1}, len(e.Vars))
	for i := n - 1; i >= 0; i-- {
		if m.Nodes[i].Kind != mapping.Storage {
			v := w.variable(m.Nodes[i].Var)
			w.below[i] = inside[v]
			inside[v] *= m.Nodes[i].N
		}
		w.steps[i] = w.steps[i+1]
		if m.Nodes[i].Kind == mapping.Temporal {
			w.steps[i] *= m.Nodes[i].N
		}
	}
	last := slices.Repeat([]int{-1}, len(e.Tensors))
	for i := range m.Nodes {
		w.tensor[i], w.parent[i] = -1, slices.Clone(last)
		if m.Nodes[i].Kind == mapping.Storage {
			t := slices.IndexFunc(e.Tensors, func(t workload.Tensor) bool { return t.Name == m.Nodes[i].Tensor })
			w.tensor[i], last[t], w.stop[i] = t, i, w.stopOf(i, t)
		}
	}
	w.parent[n] = last
	return w
}

func (w *walk) variable(name string) int {
	return slices.IndexFunc(w.e.Vars, func(v workload.Var) bool { return v.Name == name })
}

// company tells how a variable occurs in a tensor: 0 not at all, 1 alone in some dimension, 2 always with others.
func (w *walk) company(t, v int) int {
	found := 0
	for _, dim := range w.e.Tensors[t].Dims {
		others, in := 0, false
		for _, term := range dim {
			switch {
			case w.e.Vars[term.Var].Size == 1:
			case term.Var == v:
				in = true
			default:
				others++
			}
		}
		switch {
		case in && others == 0:
			return 1
		case in:
			found = 2
		}
	}
	return found
}

// stopOf follows the words of section 4 down from the storage node at i; a loop of one pass is no loop.
func (w *walk) stopOf(i, t int) int {
	if w.nodes[i].Memory == w.arch.Nodes[0].Name {
		return i
	}
	for j := i + 1; ; j++ {
		switch {
		case j == len(w.nodes) || w.nodes[j].Kind == mapping.Storage:
			return j
		case w.nodes[j].N == 1:
			continue
		case w.nodes[j].Kind == mapping.Spatial:
			return j
		}
		switch w.company(t, w.variable(w.nodes[j].Var)) {
		case 0:
			return j
		case 2:
			return j + 1
		}
	}
}

// run executes everything from place i on.
func (w *walk) run(i int) {
	for k := range min(i+1, len(w.nodes)) {
		if t := w.tensor[k]; t >= 0 && w.stop[k] == i {
			w.peak[k] = max(w.peak[k], int64(len(w.box(t))))
		}
	}
	if i == len(w.nodes) {
		w.macs++
		w.computeSteps[w.position(0, i, nil)]++
		for t := range w.e.Tensors {
			w.transfer(t, i)
		}
		return
	}
	n := &w.nodes[i]
	if n.Kind == mapping.Storage {
		if w.parent[i][w.tensor[i]] >= 0 {
			w.transfer(w.tensor[i], i)
		}
		w.live[i] = map[string]*span{}
		w.run(i + 1)
		w.peakLive[i] = max(w.peakLive[i], mostAtOnce(w.live[i]))
		return
	}
	v, now := w.variable(n.Var), w.now
	corner, extent := w.corner[v], w.extent[v]
	for k := range n.N {
		w.index[i], w.corner[v] = k, corner+k*w.below[i]
		if w.extent[v] = min(w.below[i], extent-k*w.below[i]); w.extent[v] <= 0 {
			break // a remainder smaller than all passes
		}
		if n.Kind == mapping.Temporal {
			w.now = now + k*w.steps[i+1]
		}
		w.run(i + 1)
	}
	w.corner[v], w.extent[v], w.now = corner, extent, now
}

// transfer moves the box of tensor t between place i (a storage node or the compute) and the node of t above.
func (w *walk) transfer(t, i int) {
	tn, p := &w.e.Tensors[t], w.parent[i][t]
	box := w.box(t)
	for _, value := range box {
		w.use(p, value, w.now+w.steps[i]-1)
	}
	child := w.position(0, i, nil)
	old := 0.0 // values that the child has held before and gets back
	for _, value := range box {
		key := strings.Join([]string{tn.Name, strconv.Itoa(i), child, value}, "/")
		if tn.Output && !w.fresh(t, i, key) {
			old++
		}
		w.held[key] = true
	}
	if i < len(w.nodes) {
		w.move(i, child, t, true, float64(len(box)), old)
	}
	alike := func(j int) bool { return w.serves(t, j) }
	event := strings.Join([]string{tn.Name, strconv.Itoa(i), w.position(0, p, nil), w.passes(i), w.position(p, i, alike)}, "/")
	if !w.shared[event] {
		w.shared[event] = true
		w.move(p, w.position(0, p, nil), t, false, float64(len(box)), old)
		w.cross(p, i, t, float64(len(box))+old)
	}
}

// cross counts values that move between places p and i for every array of the architecture that lies between.
func (w *walk) cross(p, i, t int, values float64) {
	from := slices.IndexFunc(w.arch.Nodes, func(n hwmodel.Node) bool { return n.Name == w.nodes[p].Memory })
	to := len(w.arch.Nodes) - 1
	if i < len(w.nodes) {
		to = slices.IndexFunc(w.arch.Nodes, func(n hwmodel.Node) bool { return n.Name == w.nodes[i].Memory })
	}
	for a := from + 1; a < to; a++ {
		if w.arch.Nodes[a].Kind == hwmodel.Array {
			w.crossed[w.arch.Nodes[a].Name] += values * float64(w.bits(&w.arch.Nodes[from], t))
		}
	}
}

// move counts one end of a transfer of n values, of which old are partial sums fetched back. The inner end of an
// input's transfer is written, of an output's read; the outer end the other way round.
func (w *walk) move(i int, instance string, t int, inner bool, n, old float64) {
	tn := &w.e.Tensors[t]
	add := func(write bool, n float64) {
		f := flow{w.nodes[i].Memory, tn.Name, write}
		w.count[f] += n
		key := f.memory + "@" + instance
		if w.perInstance[key] == nil {
			w.perInstance[key] = map[flow]float64{}
		}
		w.perInstance[key][f] += n
	}
	if !tn.Output {
		add(inner, n)
		return
	}
	add(!inner, n)
	add(inner, old)
}

// fresh tells whether an output value comes to an instance for the first time.
func (w *walk) fresh(t, i int, key string) bool {
	lone := true
	for v := range w.e.Vars {
		lone = lone && (w.e.Vars[v].Size == 1 || w.company(t, v) != 2)
	}
	if lone {
		return !w.held[key]
	}
	for j := range i {
		if n := &w.nodes[j]; n.Kind == mapping.Temporal && w.company(t, w.variable(n.Var)) != 1 && w.index[j] > 0 {
			return false
		}
	}
	return true
}

// serves tells whether the instances along the spatial loop at j get tensor t in one transfer: its wires multicast
// the tensor, and a step along the loop leaves the box where it is.
func (w *walk) serves(t, j int) bool {
	n, tn := &w.nodes[j], &w.e.Tensors[t]
	for a := range w.arch.Nodes {
		for d := range w.arch.Nodes[a].Dims {
			dim := &w.arch.Nodes[a].Dims[d]
			if w.arch.Nodes[a].Name != n.Array || dim.Name != n.Dim {
				continue
			}
			v := w.variable(n.Var)
			here := w.lowest(t)
			w.corner[v] += w.extent[v]
			there := w.lowest(t)
			w.corner[v] -= w.extent[v]
			return slices.Equal(here, there) && dim.Multicasts(tn.Name, tn.Role)
		}
	}
	panic("no such dimension")
}

// position writes the indexes of the spatial loops between two places, leaving out some.
func (w *walk) position(from, to int, skip func(j int) bool) string {
	var b []byte
	for j := from; j < to; j++ {
		if w.nodes[j].Kind == mapping.Spatial && (skip == nil || !skip(j)) {
			b = append(strconv.AppendInt(b, w.index[j], 10), ' ')
		}
	}
	return string(b)
}

// passes writes the indexes of the temporal loops above a place.
func (w *walk) passes(to int) string {
	var b []byte
	for j := range to {
		if w.nodes[j].Kind == mapping.Temporal {
			b = append(strconv.AppendInt(b, w.index[j], 10), ' ')
		}
	}
	return string(b)
}

// box lists the coordinates of all values of a tensor that the current tile may touch, the lowest first.
func (w *walk) box(t int) []string {
	values := []string{""}
	for _, dim := range w.e.Tensors[t].Dims {
		var low, high int64
		for _, term := range dim {
			low += term.Coef * w.corner[term.Var]
			high += term.Coef * (w.corner[term.Var] + w.extent[term.Var] - 1)
		}
		var next []string
		for _, head := range values {
			for x := low; x <= high; x++ {
				next = append(next, head+strconv.FormatInt(x, 10)+" ")
			}
		}
		values = next
	}
	return values
}

// lowest returns the first coordinates of the current tile's box.
func (w *walk) lowest(t int) []int64 {
	var low []int64
	for _, dim := range w.e.Tensors[t].Dims {
		var x int64
		for _, term := range dim {
			x += term.Coef * w.corner[term.Var]
		}
		low = append(low, x)
	}
	return low
}

// use notes that the node at p needs a value from now until end: the node below may hand it back then.
func (w *walk) use(p int, value string, end int64) {
	s := w.live[p][value]
	if s == nil {
		s = &span{w.now, end}
		w.live[p][value] = s
	}
	s.first, s.last = min(s.first, w.now), max(s.last, end)
}

// mostAtOnce returns the most spans that overlap.
func mostAtOnce(live map[string]*span) int64 {
	change := map[int64]int64{}
	for _, s := range live {
		change[s.first]++
		change[s.last+1]--
	}
	var times []int64
	for t := range change {
		times = append(times, t)
	}
	slices.Sort(times)
	var now, most int64
	for _, t := range times {
		now += change[t]
		most = max(most, now)
	}
	return most
}
