package model_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/mapper/internal/exhaustive"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
)

// shuffled is an Einsum with its variables and tensors in another order.
func shuffled(r *rand.Rand, e *workload.Einsum) *workload.Einsum {
	out := &workload.Einsum{}
	at := make([]int, len(e.Vars))
	for to, from := range r.Perm(len(e.Vars)) {
		out.Vars = append(out.Vars, e.Vars[from])
		at[from] = to
	}
	for _, from := range r.Perm(len(e.Tensors)) {
		t := e.Tensors[from]
		t.Dims = slices.Clone(t.Dims)
		for i := range t.Dims {
			t.Dims[i] = slices.Clone(t.Dims[i])
			for j := range t.Dims[i] {
				t.Dims[i][j].Var = at[t.Dims[i][j].Var]
			}
		}
		out.Tensors = append(out.Tensors, t)
	}
	return out
}

// spreadCosts draws the costs of an architecture from twelve decades.
func spreadCosts(r *rand.Rand, a *hwmodel.Arch) {
	draw := func(x *float64) {
		if *x > 0 {
			*x *= math.Pow(10, 12*r.Float64()-6)
		}
	}
	for i := range a.Nodes {
		n := &a.Nodes[i]
		for _, x := range []*float64{&n.Read.EnergyJPerBit, &n.Write.EnergyJPerBit, &n.Read.BandwidthBitPerS, &n.Write.BandwidthBitPerS,
			&n.NetworkJPerBit, &n.EnergyJ, &n.ThroughputPerS, &n.LeakageW, &n.AreaM2} {
			draw(x)
		}
		n.SizeBits, n.Bits = 0, nil
	}
}

// TestOrderOfTerms: the order in which tensors and variables are listed moves no figure by more than 1e-14, with costs that
// span twelve decades, remainders included.
func TestOrderOfTerms(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	worst, moved, compared := 0.0, 0, 0
	same := func(seed uint64, what string, a, b float64) {
		t.Helper()
		if a == b {
			return
		}
		moved++
		off := math.Abs(a-b) / max(math.Abs(a), math.Abs(b))
		if worst = max(worst, off); !(off <= 1e-14) {
			t.Errorf("seed %d: %s is %v, and %v in another order", seed, what, a, b)
		}
	}
	for seed := uint64(0); compared < 1500 && !t.Failed(); seed++ {
		a, e := exhaustive.Random(seed)
		spreadCosts(r, a)
		for i := range e.Tensors { // sums of bits are exact below 2^53, whatever their order: these are not
			e.Tensors[i].Bits = r.Int64N(1<<52) | 1
		}
		m := randomMapping(r, a, e)
		m.Imperfect = seed%3 == 0
		p, err := model.Compile(a, e)
		if err != nil {
			t.Fatal(err)
		}
		c, err := model.Evaluate(p, m)
		if err != nil { // a least utilisation
			continue
		}
		other, err := model.Compile(a, shuffled(r, e))
		if err != nil {
			t.Fatal(err)
		}
		d, err := model.Evaluate(other, m)
		if err != nil {
			t.Fatal(err)
		}
		compared++
		for i := range c.Components {
			x, y := &c.Components[i], &d.Components[i]
			same(seed, x.Name+" energy", x.EnergyJ, y.EnergyJ)
			same(seed, x.Name+" leakage", x.LeakageJ, y.LeakageJ)
			same(seed, x.Name+" busy", x.BusyS, y.BusyS)
			same(seed, x.Name+" peak", x.PeakBits, y.PeakBits)
		}
		same(seed, "energy", c.EnergyJ, d.EnergyJ)
		same(seed, "latency", c.LatencyS, d.LatencyS)
		same(seed, "EDP", c.EDPJs, d.EDPJs)
		same(seed, "multiply-accumulates", c.MACs, d.MACs)
	}
	if moved == 0 {
		t.Error("nothing moves: the terms are too easy")
	}
	t.Logf("%d mappings, %d figures moved, by %.2g at most", compared, moved, worst)
}

// TestCompileLimits: an Einsum or an architecture by hand whose numbers would overflow is refused, by name.
func TestCompileLimits(t *testing.T) {
	for what, want := range map[string]string{"points": "more than can be counted", "bits": "tensor O has", "energy": "GLB.read.energy is 1e+300",
		"NaN": "MAC.energy is NaN", "negative": "GLB.area is -1", "leakage": "GLB.leakage is +Inf", "rate": "GLB.write.bandwidth is 5e-324", "instances": "PE.x is 9",
		"size": "GLB.size is -1"} {
		s, err := hwmodel.ParseSpec([]byte(`
name: a
nodes:
  - {memory: DRAM, size: unlimited}
  - {memory: GLB, size: 1KiB}
  - {array: PE, dims: [{name: x, size: 4}]}
  - {compute: MAC}
`), "a.yaml")
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.Build()
		if err != nil {
			t.Fatal(err)
		}
		e := workload.Matmul(0, 4, 4, 4)
		if _, err := model.Compile(a, &e); err != nil {
			t.Fatal(err)
		}
		glb := &a.Nodes[1]
		switch what {
		case "points":
			e = workload.Matmul(0, 1<<40, 1<<40, 1<<40)
		case "bits":
			e.Tensors[2].Bits = 1 << 60
		case "energy":
			glb.Read.EnergyJPerBit = 1e300
		case "NaN":
			a.Nodes[3].EnergyJ = math.NaN()
		case "negative":
			glb.AreaM2 = -1
		case "leakage":
			glb.LeakageW = math.Inf(1)
		case "rate":
			glb.Write.BandwidthBitPerS = 5e-324
		case "instances":
			a.Nodes[2].Dims[0].Size = math.MaxInt64
		case "size":
			glb.SizeBits = -1
		}
		if _, err := model.Compile(a, &e); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
	}
}
