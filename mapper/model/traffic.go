package model

// Traffic is bits read and written, by memory and tensor, and bits that cross the network of each array, of all
// instances together.
type Traffic struct {
	ReadBits, WriteBits [][]float64
	CrossedBits         []float64
}

// NewTraffic returns traffic of zero for a problem.
func NewTraffic(p *Problem) *Traffic {
	n, m := len(p.Tensors), len(p.Memories)
	bits, rows := make([]float64, 2*n*m), make([][]float64, 2*m)
	for i := range rows {
		rows[i] = bits[i*n : (i+1)*n]
	}
	return &Traffic{ReadBits: rows[:m], WriteBits: rows[m:], CrossedBits: make([]float64, len(p.Arrays))}
}

// Link joins a storage node of a tensor (in memory Parent) to the next one further in (in memory Child), or to the
// compute, where Child is len(Memories).
type Link struct {
	Tensor, Parent, Child int
}

// Flows are what a link moves, in values. Fills is f*N*X*A of definition.md section 3: all that reaches (or leaves) all
// instances of the child; Served is f*N*M*A, what the parent's accesses see of it. First and ServedFirst, for the
// output, have N' in place of N: the part that is visited for the first time, where nothing is fetched.
type Flows struct {
	Fills, First, Served, ServedFirst float64
}

// Charge adds the traffic of a link to the totals of both of its ends (definition.md section 3).
func (p *Problem) Charge(total *Traffic, l Link, f Flows) {
	t := l.Tensor
	up := p.Memories[l.Parent].Bits[t]
	inner := l.Child < len(p.Memories)
	served := f.Served * up
	if p.Tensors[t].Output {
		served += (f.Served - f.ServedFirst) * up
	}
	for i := range p.Arrays {
		if a := &p.Arrays[i]; l.Parent < a.Above && a.Above <= l.Child {
			total.CrossedBits[i] += served
		}
	}
	if !p.Tensors[t].Output {
		total.ReadBits[l.Parent][t] += f.Served * up
		if inner {
			total.WriteBits[l.Child][t] += f.Fills * p.Memories[l.Child].Bits[t]
		}
		return
	}
	total.WriteBits[l.Parent][t] += f.Served * up
	total.ReadBits[l.Parent][t] += (f.Served - f.ServedFirst) * up
	if inner {
		down := p.Memories[l.Child].Bits[t]
		total.ReadBits[l.Child][t] += f.Fills * down
		total.WriteBits[l.Child][t] += (f.Fills - f.First) * down
	}
}
