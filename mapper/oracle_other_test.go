package mapper

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/mapper/workload"
)

var (
	otherN    = flag.Int("other.n", 25, "problems of the second generator to compare")
	otherSeed = flag.Uint64("other.seed", 1, "their first seed")
)

// otherShapes are Einsums that package exhaustive does not draw.
var otherShapes = []string{
	"Z[m,n] = A[m,k] * B[k,n]",
	"Z[h,m,n] = Q[h,m,k] * K[h,n,k]",
	"O[m,p,q] = I[3*p+2*r,q+s] * W[m,r,s]",
	"O[c,p] = I[c,2*p+r] * W[c,r]",
	"O[m,p] = I[c,p] * W[m,c]",
	"O[m,p] = I[c,p+r] * W[m,c,r] * S[m]",
	"Z[m] = A[m,k] * B[k]",
	"Z[m,n] = A[m] * B[n]",
	"Z[k,2*i+j] = A[i,k] * B[j]",
}

// otherProblem draws a problem by other habits than exhaustive.Random: sizes to 24, costs that are no round numbers,
// memories whose capacity is a tile exactly or one bit less, nested and adjacent arrays, widths that differ by memory.
func otherProblem(t *testing.T, seed uint64) (*hwmodel.Arch, *workload.Einsum) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 0x07e4))
	e, err := workload.ParseEinsum(otherShapes[r.IntN(len(otherShapes))])
	if err != nil {
		t.Fatal(err)
	}
	sizes := []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 12}
	if len(e.Vars) <= 3 {
		sizes = append(sizes, 10, 16, 18, 24)
	}
	for v := range e.Vars {
		e.Vars[v].Size = sizes[r.IntN(len(sizes))]
	}
	roles := []string{"inputs", "weights", ""}
	for i := range e.Tensors {
		e.Tensors[i].Bits = []int64{8, 8, 16, 3}[r.IntN(4)]
		if e.Tensors[i].Role = "outputs"; !e.Tensors[i].Output {
			e.Tensors[i].Role, roles = roles[0], roles[1:]
		}
	}
	a := &hwmodel.Arch{Name: "other"}
	inner := 1 + r.IntN(3)
	for m := range inner + 1 {
		if m > 0 && r.IntN(2) == 0 {
			for k := range 1 + r.IntN(2) {
				a.Nodes = append(a.Nodes, otherArray(r, fmt.Sprintf("A%d%d", m, k), &e))
			}
		}
		a.Nodes = append(a.Nodes, otherMemory(r, m, &e))
	}
	if r.IntN(2) == 0 {
		a.Nodes = append(a.Nodes, otherArray(r, "Ac", &e))
	}
	a.Nodes = append(a.Nodes, hwmodel.Node{Kind: hwmodel.Compute, Name: "MAC", EnergyJ: r.Float64(), LeakageW: float64(r.IntN(2)) * r.Float64(),
		ThroughputPerS: float64(r.IntN(3)) * 0.7})
	return a, &e
}

func otherMemory(r *rand.Rand, m int, e *workload.Einsum) hwmodel.Node {
	n := hwmodel.Node{Kind: hwmodel.Memory, Name: fmt.Sprintf("M%d", m), Ports: hwmodel.Ports(r.IntN(2)), LeakageW: float64(r.IntN(2)) * r.Float64()}
	scale := []float64{7, 1.3, 0.37, 0.11}[m]
	n.Read = hwmodel.Access{EnergyJPerBit: scale * r.Float64(), BandwidthBitPerS: float64(r.IntN(3)) * 13.7}
	n.Write = hwmodel.Access{EnergyJPerBit: scale * r.Float64(), BandwidthBitPerS: float64(r.IntN(3)) * 11.1}
	if r.IntN(3) == 0 {
		n.Bits = map[string]int64{e.Tensors[r.IntN(len(e.Tensors))].Name: int64(1 + r.IntN(24))}
	}
	if m == 0 {
		n.Keep = hwmodel.TensorSet{"all"}
		return n
	}
	switch r.IntN(4) {
	case 0:
		n.Keep = hwmodel.TensorSet{e.Tensors[r.IntN(len(e.Tensors))].Name}
	case 1:
		n.MayKeep = hwmodel.TensorSet{e.Tensors[r.IntN(len(e.Tensors))].Name, e.Tensors[r.IntN(len(e.Tensors))].Name}
	}
	// Room for a tile of random extents of each of some tensors, exactly or one bit less.
	for i := range e.Tensors {
		if r.IntN(3) == 0 {
			continue
		}
		values := int64(1)
		for _, dim := range e.Tensors[i].Dims {
			width := int64(1)
			for _, term := range dim {
				width += term.Coef * r.Int64N(e.Vars[term.Var].Size)
			}
			values *= width
		}
		n.SizeBits += values * n.BitsOf(e.Tensors[i].Name, e.Tensors[i].Role, e.Tensors[i].Bits)
	}
	if n.SizeBits > 1 && r.IntN(3) == 0 {
		n.SizeBits--
	}
	return n
}

func otherArray(r *rand.Rand, name string, e *workload.Einsum) hwmodel.Node {
	n := hwmodel.Node{Kind: hwmodel.Array, Name: name, NetworkJPerBit: float64(r.IntN(2)) * r.Float64()}
	for d := range 1 + r.IntN(2) {
		dim := hwmodel.Dim{Name: fmt.Sprintf("d%d", d), Size: []int64{2, 3, 4, 5, 8}[r.IntN(5)]}
		one := hwmodel.TensorSet{e.Tensors[r.IntN(len(e.Tensors))].Name}
		switch r.IntN(4) {
		case 0:
			dim.OnlyReuse = one
		case 1:
			dim.Multicast = one
		case 2:
			dim.OnlyReuse, dim.Multicast = one, hwmodel.TensorSet{"none"}
		}
		if r.IntN(6) == 0 {
			dim.MinUtilization = 0.1 + 0.6*r.Float64()
		}
		n.Dims = append(n.Dims, dim)
	}
	return n
}

// TestForgetfulLabels: labels that do not list the instances inside the open array lose the optimum of seed 50.
func TestForgetfulLabels(t *testing.T) {
	arch, einsum := otherProblem(t, 50)
	forgetful := soundRules()
	forgetful.forgetful = true
	for _, o := range []Objective{EDP, Energy, Latency} {
		sound, err := optimal(context.Background(), arch, einsum, Options{Objective: o}, soundRules())
		if err != nil {
			t.Fatal(err)
		}
		greedy, err := optimal(context.Background(), arch, einsum, Options{Objective: o}, forgetful)
		if err != nil {
			t.Fatal(err)
		}
		of := func(r *Result) float64 { return o.of(pair{r.Cost.EnergyJ, r.Cost.LatencyS}) }
		if of(greedy) <= of(sound)*(1+1e-9) {
			t.Errorf("%v: forgetful labels find %g, sound ones %g", o, of(greedy), of(sound))
		}
	}
}

// TestOracleOther compares mapper and oracle on problems of the second generator, perfect and with remainders, for all
// objectives, fronts and budgets.
func TestOracleOther(t *testing.T) {
	for _, seed := range failedSeeds(t, "testdata/seeds_other.txt") {
		arch, einsum := otherProblem(t, seed)
		if compareProblem(t, seed, arch, einsum) == nil {
			t.Errorf("seed %d is too large to compare", seed)
		}
	}
	perfect, loose := 0, 0
	seed := *otherSeed
	for ; perfect < *otherN && !t.Failed(); seed++ {
		arch, einsum := otherProblem(t, seed)
		if compareProblem(t, seed, arch, einsum) != nil {
			perfect++
		}
		if best, _ := compareRemainders(t, seed, arch, einsum); best != nil {
			loose++
		}
	}
	t.Logf("%d problems of perfect factors, %d with remainders, seeds %d to %d", perfect, loose, *otherSeed, seed-1)
	if loose == 0 {
		t.Error("no problem with remainders was small enough")
	}
}
