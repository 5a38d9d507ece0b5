package model_test

import (
	"errors"
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/mapper/internal/exhaustive"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
)

var walks = flag.Int("walks", 4000, "random mappings to execute literally")

// shapes are Einsums beyond those of package exhaustive: dilation in two dimensions, a variable alone in one dimension
// and not in the next, outputs with strides, shared dimensions and both.
var shapes = []string{
	"O[m,p,q] = I[2*p+3*r,q+2*s] * W[m,r,s]",
	"O[m,p] = I[p,p+r] * W[m,r]",
	"O[p,r] = I[p+r,p] * W[r]",
	"Z[2*i,k] = A[i,k] * B[k,j]",
	"Z[2*i+j,k] = A[i,k] * B[k,j]",
	"Z[i,i+j] = A[i,k] * B[k,j]",
}

// tiny draws the seed's architecture and Einsum; ok only if few points are to be walked. On odd seeds capacities are
// lifted, so that counts of mappings that need much room are compared too.
func tiny(t *testing.T, seed uint64) (a *hwmodel.Arch, e *workload.Einsum, ok bool) {
	a, e = exhaustive.Random(seed)
	if seed%5 == 0 {
		r := rand.New(rand.NewPCG(seed, 5))
		drawn, err := workload.ParseEinsum(shapes[r.IntN(len(shapes))])
		if err != nil {
			t.Fatal(err)
		}
		e = &drawn
		for v := range e.Vars {
			e.Vars[v].Size = 1 + r.Int64N(4)
		}
		for x := range e.Tensors {
			e.Tensors[x].Bits = 1 + r.Int64N(16)
		}
	}
	points := int64(1)
	for _, v := range e.Vars {
		points *= v.Size
	}
	if seed%2 == 1 {
		for i := range a.Nodes {
			a.Nodes[i].SizeBits = 0
		}
	}
	return a, e, points <= 200
}

// TestLiteralWalk compares Evaluate with a walk that executes random mappings and counts every value moved.
func TestLiteralWalk(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	tally := map[string]int{}
	for seed := uint64(0); tally["walked"] < *walks && !t.Failed(); seed++ {
		a, e, ok := tiny(t, seed)
		if !ok {
			continue
		}
		p, err := model.Compile(a, e)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for k := range 4 {
			m := randomMapping(r, a, e)
			e, p := e, p
			if k == 3 {
				e = shrink(r, e, m)
				if p, err = model.Compile(a, e); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				tally["imperfect"]++
			}
			cost, err := model.Evaluate(p, m)
			w := newWalk(a, e, m)
			w.run(0)
			tally["walked"]++
			var bad *model.InvalidError
			if errors.As(err, &bad) {
				tally[[]string{"names", "factors", "outermost", "order", "spatial", "capacity"}[bad.Rule]]++
				w.refuses(t, seed, m, bad)
				continue
			}
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			tally["valid"]++
			w.compare(t, cost)
			if t.Failed() {
				t.Errorf("seed %d, %s\n%s", seed, a.Name, m.Text("MAC"))
				break
			}
		}
	}
	t.Log(tally)
	if tally["valid"] < tally["walked"]/2 || tally["capacity"] == 0 || tally["spatial"] == 0 {
		t.Errorf("the draw is lopsided: %v", tally)
	}
}

// shrink makes a perfect mapping imperfect: sizes of lone variables become any that the outermost loop covers with as
// many passes.
func shrink(r *rand.Rand, e *workload.Einsum, m *mapping.Mapping) *workload.Einsum {
	out := *e
	out.Vars = append([]workload.Var(nil), e.Vars...)
	m.Imperfect = true
	for v := range out.Vars {
		lone := true
		for _, t := range e.Tensors {
			for _, dim := range t.Dims {
				others := 0
				for _, term := range dim {
					if term.Var != v && e.Vars[term.Var].Size > 1 {
						others++
					}
				}
				lone = lone && !(others > 0 && occursIn(dim, v))
			}
		}
		if !lone {
			continue
		}
		for _, n := range m.Nodes {
			if n.Kind != mapping.Storage && n.Var == e.Vars[v].Name && n.N > 1 {
				out.Vars[v].Size -= r.Int64N(out.Vars[v].Size / n.N)
				break
			}
		}
	}
	return &out
}

func occursIn(dim workload.Index, v int) bool {
	return slices.ContainsFunc(dim, func(t workload.Term) bool { return t.Var == v })
}

// refuses checks that a mapping is refused for a reason that the walk has seen: drawn mappings can only break the
// least utilisation of an array or a capacity.
func (w *walk) refuses(t *testing.T, seed uint64, m *mapping.Mapping, bad *model.InvalidError) {
	t.Helper()
	seen := false
	switch bad.Rule {
	case 4:
		for i := range w.arch.Nodes {
			for _, d := range w.arch.Nodes[i].Dims {
				n := int64(1)
				for _, l := range m.Nodes {
					if l.Array == w.arch.Nodes[i].Name && l.Dim == d.Name {
						n *= l.N
					}
				}
				seen = seen || float64(n) < d.MinUtilization*float64(d.Size)
			}
		}
	case 5:
		for i := range w.arch.Nodes {
			n := &w.arch.Nodes[i]
			seen = seen || n.SizeBits > 0 && w.peakBits(n, "") > n.SizeBits
		}
	}
	if !seen {
		t.Errorf("seed %d: %v, but the walk sees nothing of it\n%s", seed, bad, m.Text("MAC"))
	}
}

// peakBits returns what a memory's storage nodes occupy, of one tensor or of all.
func (w *walk) peakBits(n *hwmodel.Node, tensor string) int64 {
	var bits int64
	for i, t := range w.tensor {
		if t >= 0 && w.nodes[i].Memory == n.Name && (tensor == "" || tensor == w.nodes[i].Tensor) {
			bits += w.peak[i] * w.bits(n, t)
		}
	}
	return bits
}

func (w *walk) bits(n *hwmodel.Node, t int) int64 {
	tn := &w.e.Tensors[t]
	return n.BitsOf(tn.Name, tn.Role, tn.Bits)
}

// compare checks every number of a Cost against the walk's.
func (w *walk) compare(t *testing.T, c *model.Cost) {
	t.Helper()
	same := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-12*math.Abs(want) {
			t.Errorf("%s: Evaluate says %v, the walk %v", what, got, want)
		}
	}
	for i := range w.arch.Nodes {
		if n := &w.arch.Nodes[i]; n.SizeBits > 0 && w.peakBits(n, "") > n.SizeBits {
			t.Errorf("valid, but %s holds %d bits and the walk sees %d", n.Name, n.SizeBits, w.peakBits(n, ""))
		}
	}
	for i := range w.live {
		if w.tensor[i] >= 0 && w.nodes[i].Memory != w.arch.Nodes[0].Name && w.peakLive[i] > w.peak[i] {
			t.Errorf("node %d, %s: occupies %d values, but %d are in use at a time", i+1, w.nodes[i], w.peak[i], w.peakLive[i])
		}
	}
	same("MACs", c.MACs, float64(w.macs))
	instances := w.arch.Instances()
	var latency, energy float64
	busy := map[string]float64{}
	k := 0
	for i := range w.arch.Nodes {
		n := &w.arch.Nodes[i]
		if n.Kind == hwmodel.Array {
			continue
		}
		got := &c.Components[k]
		k++
		if got.Name != n.Name || got.Instances != instances[i] || got.SizeBits != n.SizeBits {
			t.Errorf("component %d is %s x %d, %d bits; want %s x %d, %d bits", k, got.Name, got.Instances, got.SizeBits, n.Name, instances[i], n.SizeBits)
		}
		var joules float64
		if n.Kind == hwmodel.Compute {
			busy[n.Name], joules = w.compute(n), float64(w.macs)*n.EnergyJ
			same("utilization", c.Utilization, float64(len(w.computeSteps))/float64(instances[i]))
		} else {
			busy[n.Name], joules = w.busy(n), w.memory(t, n, got, same)
		}
		same(n.Name+" energy", got.EnergyJ, joules)
		same(n.Name+" busy", got.BusyS, busy[n.Name])
		energy += joules
		latency = max(latency, busy[n.Name])
	}
	for i := range w.arch.Nodes {
		n := &w.arch.Nodes[i]
		if n.Kind != hwmodel.Array || n.NetworkJPerBit == 0 && n.LeakageW == 0 && n.AreaM2 == 0 {
			continue
		}
		got := &c.Components[k]
		k++
		if got.Name != n.Name || got.Instances != instances[i] {
			t.Errorf("component %d is %s x %d, want array %s x %d", k, got.Name, got.Instances, n.Name, instances[i])
		}
		joules := w.crossed[n.Name] * n.NetworkJPerBit
		same(n.Name+" energy", got.EnergyJ, joules)
		energy += joules
	}
	if k != len(c.Components) {
		t.Errorf("%d components, want %d", len(c.Components), k)
	}
	for i := range w.arch.Nodes {
		energy += w.arch.Nodes[i].LeakageW * float64(instances[i]) * latency
	}
	same("latency", c.LatencyS, latency)
	same("energy", c.EnergyJ, energy)
	same("EDP", c.EDPJs, energy*latency)
	same("bottleneck's time", busy[c.Bottleneck], latency)
}

// memory checks the traffic and occupancy of one memory and returns the energy of what the walk counted.
func (w *walk) memory(t *testing.T, n *hwmodel.Node, got *model.Component, same func(string, float64, float64)) float64 {
	t.Helper()
	var joules float64
	listed := 0
	for x := range w.e.Tensors {
		name := w.e.Tensors[x].Name
		bits := float64(w.bits(n, x))
		read, write := w.count[flow{n.Name, name, false}]*bits, w.count[flow{n.Name, name, true}]*bits
		joules += read*n.Read.EnergyJPerBit + write*n.Write.EnergyJPerBit
		peak := float64(w.peakBits(n, name))
		if peak == 0 {
			same(n.Name+" moves "+name+" it does not keep", 0, read+write)
			continue
		}
		if listed++; listed > len(got.Tensors) || got.Tensors[listed-1].Tensor != name {
			t.Errorf("%s lists %v, tensor %s is missing or out of order", n.Name, got.Tensors, name)
			continue
		}
		tr := got.Tensors[listed-1]
		same(n.Name+" reads "+name, tr.ReadBits, read)
		same(n.Name+" writes "+name, tr.WriteBits, write)
		same(n.Name+" occupied by "+name, tr.PeakBits, peak)
	}
	if listed != len(got.Tensors) {
		t.Errorf("%s lists %v; it keeps %d tensors", n.Name, got.Tensors, listed)
	}
	same(n.Name+" occupied", got.PeakBits, float64(w.peakBits(n, "")))
	return joules
}

// busy returns the time of the busiest instance of a memory.
func (w *walk) busy(n *hwmodel.Node) float64 {
	var most float64
	for key, counts := range w.perInstance {
		if len(key) <= len(n.Name) || key[:len(n.Name)+1] != n.Name+"@" {
			continue
		}
		var read, write float64
		for x := range w.e.Tensors {
			bits, name := float64(w.bits(n, x)), w.e.Tensors[x].Name
			if b := n.Read.BandwidthBitPerS; b > 0 {
				read += counts[flow{n.Name, name, false}] * bits / b
			}
			if b := n.Write.BandwidthBitPerS; b > 0 {
				write += counts[flow{n.Name, name, true}] * bits / b
			}
		}
		if n.Ports == hwmodel.SeparatePorts {
			most = max(most, read, write)
		} else {
			most = max(most, read+write)
		}
	}
	return most
}

// compute returns the time of the busiest instance of the compute.
func (w *walk) compute(n *hwmodel.Node) float64 {
	var most int64
	for _, steps := range w.computeSteps {
		most = max(most, steps)
	}
	if n.ThroughputPerS == 0 {
		return 0
	}
	return float64(most) / n.ThroughputPerS
}
