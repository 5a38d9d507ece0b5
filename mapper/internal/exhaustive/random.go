package exhaustive

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"tcmdse/hwmodel"
	"tcmdse/mapper/workload"
)

// Random returns a random small architecture and Einsum. The same seed gives the same pair.
func Random(seed uint64) (*hwmodel.Arch, *workload.Einsum) {
	r := &random{rand.New(rand.NewPCG(seed, 0x7c3d5e))}
	if r.IntN(4) == 0 {
		return r.windows()
	}
	e := r.einsum()
	a := r.arch(e)
	if seed%3 == 2 {
		networks(a, seed)
	}
	return a, e
}

// networks gives the arrays of an architecture wires that take energy and leak. They are drawn apart, so that the
// problems of other seeds stay what they were.
func networks(a *hwmodel.Arch, seed uint64) {
	r := &random{rand.New(rand.NewPCG(seed, 0x1c))}
	for i := range a.Nodes {
		if n := &a.Nodes[i]; n.Kind == hwmodel.Array {
			n.NetworkJPerBit, n.LeakageW = pick(r, 0, 0.125, 0.5, 2), pick(r, 0, 0, 0.5)
		}
	}
}

// windows draws a convolution on one or two small buffers that hold inputs and weights, with capacities at which it
// matters whether the inputs' window slides while the weights are fetched anew.
func (r *random) windows() (*hwmodel.Arch, *workload.Einsum) {
	b := &builder{index: map[string]int{}}
	b.vars(r, "m", "p", "r")
	b.e.Vars[0].Size, b.e.Vars[1].Size, b.e.Vars[2].Size = pick[int64](r, 2, 3, 4), pick[int64](r, 2, 4, 6), pick[int64](r, 2, 3)
	b.inputs(fmt.Sprintf("I[%d*p+r] W[m,r]", 1+r.IntN(2)))
	b.output("O[m,p]")
	for t, bits := range []int64{pick[int64](r, 8, 32, 64), pick[int64](r, 2, 8), 8} {
		b.e.Tensors[t].Bits = bits
	}
	room := 2*b.e.Tensors[0].Bits + 2*b.e.Tensors[1].Bits
	far := hwmodel.Access{EnergyJPerBit: float64(4 + r.IntN(40)), BandwidthBitPerS: pick(r, 0, 8, 64.0)}
	a := &hwmodel.Arch{Name: "windows", Nodes: []hwmodel.Node{{Kind: hwmodel.Memory, Name: "M0", Keep: hwmodel.TensorSet{"all"}, Read: far, Write: far}}}
	for i := range 1 + r.IntN(2) {
		near := hwmodel.Access{EnergyJPerBit: float64(r.IntN(8)) / 8, BandwidthBitPerS: pick(r, 0, 16, 64.0)}
		a.Nodes = append(a.Nodes, hwmodel.Node{
			Kind: hwmodel.Memory, Name: fmt.Sprintf("M%d", i+1), Keep: hwmodel.TensorSet{pick(r, "I", "I", "W")},
			MayKeep: hwmodel.TensorSet{pick(r, "W", "W", "O")}, SizeBits: room * int64(4+r.IntN(12)) / 8, Read: near, Write: near,
		})
	}
	a.Nodes = append(a.Nodes, hwmodel.Node{Kind: hwmodel.Compute, Name: "MAC", EnergyJ: 1, ThroughputPerS: 1, LeakageW: r.small()})
	return a, &b.e
}

type random struct{ *rand.Rand }

func pick[T any](r *random, of ...T) T { return of[r.IntN(len(of))] }

func (r *random) size() int64 { return pick[int64](r, 1, 2, 2, 3, 3, 4, 4, 6) }

// einsum draws one of the shapes that stress the model: matmuls, convolutions in one and two dimensions with stride
// and dilation, depthwise, pointwise with stride, three inputs, an output with an affine index.
func (r *random) einsum() *workload.Einsum {
	b := &builder{index: map[string]int{}}
	switch r.IntN(9) {
	case 0:
		b.vars(r, "m", "k", "n")
		b.inputs("A[m,k] B[k,n]")
		b.output("Z[m,n]")
	case 1:
		b.vars(r, "b", "m", "k", "n")
		b.inputs("A[b,m,k] B[b,k,n]")
		b.output("Z[b,m,n]")
	case 2, 3:
		b.vars(r, "c", "m", "p", "r")
		b.inputs(fmt.Sprintf("I[c,%d*p+%d*r] W[m,c,r]", 1+r.IntN(3), 1+r.IntN(2)))
		b.output("O[m,p]")
	case 4, 5:
		b.vars(r, "m", "p", "q", "r", "s")
		st := 1 + r.IntN(2)
		b.inputs(fmt.Sprintf("I[%d*p+r,%d*q+s] W[m,r,s]", st, st))
		b.output("O[m,p,q]")
	case 6:
		b.vars(r, "g", "p", "r")
		b.inputs("I[g,p+r] W[g,r]")
		b.output("O[g,p]")
	case 7:
		b.vars(r, "c", "m", "p")
		b.inputs("I[c,2*p] W[m,c]")
		b.output("O[m,p]")
	default:
		b.vars(r, "i", "j", "k")
		if r.IntN(2) == 0 {
			b.inputs("A[i,k] B[k,j] C[i]")
			b.output("Z[i,j]")
		} else {
			b.inputs("A[i,k] B[k,j]")
			b.output("Z[i+j,k]")
		}
	}
	for t := range b.e.Tensors {
		b.e.Tensors[t].Bits = pick[int64](r, 8, 8, 8, 4, 16)
	}
	return &b.e
}

// builder writes Einsums from short texts.
type builder struct {
	e     workload.Einsum
	index map[string]int
}

func (b *builder) vars(r *random, names ...string) {
	for _, n := range names {
		b.index[n] = len(b.e.Vars)
		b.e.Vars = append(b.e.Vars, workload.Var{Name: n, Size: r.size()})
	}
}

func (b *builder) inputs(text string) {
	roles := []string{"inputs", "weights", ""}
	for i, t := range fields(text, ' ') {
		b.tensor(t, roles[i], false)
	}
}

func (b *builder) output(text string) { b.tensor(text, "outputs", true) }

func (b *builder) tensor(text, role string, output bool) {
	t := workload.Tensor{Name: text[:1], Role: role, Output: output}
	for _, dim := range fields(text[2:len(text)-1], ',') {
		var ix workload.Index
		for _, term := range fields(dim, '+') {
			coef := int64(1)
			if len(term) == 3 {
				coef = int64(term[0] - '0')
			}
			ix = append(ix, workload.Term{Coef: coef, Var: b.index[term[len(term)-1:]]})
		}
		t.Dims = append(t.Dims, ix)
	}
	b.e.Tensors = append(b.e.Tensors, t)
}

func fields(s string, sep byte) []string {
	var out []string
	from := 0
	for i := 0; i <= len(s); i++ {
		if i == len(s) || s[i] == sep {
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	return out
}

// arch draws one to three memories inside the outermost, arrays in some gaps, and a compute.
func (r *random) arch(e *workload.Einsum) *hwmodel.Arch {
	a := &hwmodel.Arch{Name: "random"}
	m := r.memory("M0")
	m.SizeBits, m.Keep, m.MayKeep = 0, hwmodel.TensorSet{"all"}, nil
	a.Nodes = append(a.Nodes, m)
	inner := pick(r, 1, 1, 1, 2, 2, 3)
	arrays := 0
	for i := 1; i <= inner+1; i++ {
		if arrays < 2 && r.IntN(3) == 0 {
			arrays++
			a.Nodes = append(a.Nodes, r.array(fmt.Sprintf("A%d", i), e))
		}
		if i <= inner {
			m := r.memory(fmt.Sprintf("M%d", i))
			r.limit(&m, e, inner)
			a.Nodes = append(a.Nodes, m)
		}
	}
	a.Nodes = append(a.Nodes, hwmodel.Node{
		Kind: hwmodel.Compute, Name: "MAC", EnergyJ: float64(r.IntN(4)),
		ThroughputPerS: pick(r, 0, 0.5, 1, 2.0), LeakageW: r.small(),
	})
	return a
}

func (r *random) small() float64 { return pick(r, 0, 0, 0.25, 1, 3) }

func (r *random) memory(name string) hwmodel.Node {
	rate := func() float64 { return pick(r, 0, 1, 4, 8, 32, 100.0) }
	n := hwmodel.Node{
		Kind: hwmodel.Memory, Name: name, LeakageW: r.small(), Ports: pick(r, hwmodel.SharedPorts, hwmodel.SeparatePorts),
		Read:  hwmodel.Access{EnergyJPerBit: float64(r.IntN(10)) / 8, BandwidthBitPerS: rate()},
		Write: hwmodel.Access{EnergyJPerBit: float64(r.IntN(10)) / 8, BandwidthBitPerS: rate()},
	}
	if r.IntN(5) == 0 {
		n.Bits = map[string]int64{"outputs": pick[int64](r, 8, 16, 24)}
	}
	return n
}

// limit draws what a memory may keep and a capacity near what tiles of a few values need.
func (r *random) limit(n *hwmodel.Node, e *workload.Einsum, inner int) {
	one := func() string { return e.Tensors[r.IntN(len(e.Tensors))].Name }
	switch k := r.IntN(6); {
	case k == 0 && inner < 3:
		n.Keep = hwmodel.TensorSet{"all"}
	case k <= 2 || inner == 3:
		n.Keep = hwmodel.TensorSet{one()}
		if r.IntN(2) == 0 {
			n.MayKeep = hwmodel.TensorSet{one()}
		}
	case k == 3:
		n.MayKeep = hwmodel.TensorSet{one(), one()}
	default:
		n.MayKeep = hwmodel.TensorSet{"all"}
	}
	n.SizeBits = pick[int64](r, 0, 8*int64(1+r.IntN(12)), 8*int64(2+r.IntN(40)), 8*int64(4+r.IntN(100)))
}

func (r *random) array(name string, e *workload.Einsum) hwmodel.Node {
	n := hwmodel.Node{Kind: hwmodel.Array, Name: name}
	for d := range 1 + r.IntN(2) {
		dim := hwmodel.Dim{Name: fmt.Sprintf("d%d", d), Size: pick[int64](r, 1, 2, 2, 3, 4, 6)}
		set := func() hwmodel.TensorSet {
			return pick(r, hwmodel.TensorSet{"none"}, hwmodel.TensorSet{"all"}, hwmodel.TensorSet{"inputs", "outputs"},
				hwmodel.TensorSet{e.Tensors[r.IntN(len(e.Tensors))].Name})
		}
		if r.IntN(3) == 0 {
			dim.OnlyReuse = hwmodel.TensorSet{e.Tensors[r.IntN(len(e.Tensors))].Name}
		}
		if r.IntN(2) == 0 {
			dim.Multicast = set()
		}
		if r.IntN(5) == 0 {
			dim.MinUtilization = pick(r, 0.5, 0.6, 1)
		}
		n.Dims = append(n.Dims, dim)
	}
	return n
}

// shares draws a matmul with one larger size over a small array of small buffers: cases in which it matters which
// instance gets what is left over.
func (r *random) shares() (*hwmodel.Arch, *workload.Einsum) {
	b := &builder{index: map[string]int{}}
	b.vars(r, "m", "k", "n")
	b.e.Vars[0].Size, b.e.Vars[1].Size, b.e.Vars[2].Size = 7+r.Int64N(18), pick[int64](r, 1, 1, 2), pick[int64](r, 1, 2, 2)
	b.inputs("A[m,k] B[k,n]")
	b.output("Z[m,n]")
	for t := range b.e.Tensors {
		b.e.Tensors[t].Bits = 8
	}
	m := r.memory("M0")
	m.SizeBits, m.Keep, m.MayKeep = 0, hwmodel.TensorSet{"all"}, nil
	a := &hwmodel.Arch{Name: "shares", Nodes: []hwmodel.Node{m, r.array("A1", &b.e)}}
	a.Nodes[1].Dims[0].Size, a.Nodes[1].Dims[0].OnlyReuse = pick[int64](r, 2, 3, 3, 4, 5), nil
	for i := range 1 + r.IntN(2) {
		m := r.memory(fmt.Sprintf("M%d", i+1))
		m.MayKeep, m.SizeBits = hwmodel.TensorSet{pick(r, "all", "A", "Z", "B")}, 8*int64(2+r.IntN(12))
		if i == 0 && r.IntN(2) == 0 {
			m.Keep = hwmodel.TensorSet{pick(r, "A", "Z", "B")}
		}
		a.Nodes = append(a.Nodes, m)
	}
	a.Nodes = append(a.Nodes, hwmodel.Node{Kind: hwmodel.Compute, Name: "MAC", EnergyJ: 1, ThroughputPerS: pick(r, 0, 0.5, 1, 1), LeakageW: r.small()})
	return a, &b.e
}

// Imperfect is Random with sizes that have few divisors, for mappings with remainders, and mostly with arrays.
func Imperfect(seed uint64) (*hwmodel.Arch, *workload.Einsum) {
	r := rand.New(rand.NewPCG(seed, 0x51e7))
	if r.IntN(3) == 0 {
		return (&random{r}).shares()
	}
	var a *hwmodel.Arch
	var e *workload.Einsum
	for try := range uint64(4) {
		a, e = Random(seed*4 + try)
		if slices.ContainsFunc(a.Nodes, func(n hwmodel.Node) bool { return n.Kind == hwmodel.Array }) {
			break
		}
	}
	for v := range e.Vars {
		if s := &e.Vars[v].Size; *s > 1 && r.IntN(2) == 0 {
			*s = []int64{2, 3, 5, 5, 7}[r.IntN(5)]
		}
	}
	return a, e
}
