package mapper

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"tcmdse/hwmodel"
	"tcmdse/mapper/internal/exhaustive"
	"tcmdse/mapper/workload"
)

// same maps with a Mapper and alone and compares all but the time: mapping, cost to the last bit, certificate.
func same(t *testing.T, m *Mapper, arch *hwmodel.Arch, e *workload.Einsum, o Options) {
	t.Helper()
	got, err := m.Optimal(context.Background(), arch, e, o)
	want, alone := Optimal(context.Background(), arch, e, o)
	if (err == nil) != (alone == nil) || err != nil && err.Error() != alone.Error() {
		t.Fatalf("%v, alone %v", err, alone)
	}
	if err != nil {
		return
	}
	got.Search.Elapsed, want.Search.Elapsed = 0, 0
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: with what was prepared before\n%+v\nalone\n%+v", arch.Name, got, want)
	}
}

// TestMapperAlone: whatever a Mapper mapped before, it returns what Optimal does. Random architectures share a few
// Einsums, so that array sizes, kept tensors and numbers differ from call to call.
func TestMapperAlone(t *testing.T) {
	m := new(Mapper)
	r := rand.New(rand.NewPCG(6, 1))
	var einsums []*workload.Einsum
	for range 6 {
		_, e := exhaustive.Random(r.Uint64())
		einsums = append(einsums, e)
	}
	for i := range 240 {
		arch, _ := exhaustive.Random(r.Uint64())
		o := Options{Objective: Objective(i % 4)}
		if i%16 == 15 {
			o.MaxNodes = 40
		}
		same(t, m, arch, einsums[r.IntN(len(einsums))], o)
	}
	if len(m.free) == 0 || m.kept == 0 {
		t.Error("nothing was kept")
	}
}

// TestMapperSweep: the same over sizes, rates and energies of the reference architectures on real layers.
func TestMapperSweep(t *testing.T) {
	m := new(Mapper)
	r := rand.New(rand.NewPCG(6, 2))
	for _, name := range []string{"three-level.yaml", "three-scratchpads.yaml", "two-level.yaml"} {
		for _, layer := range []string{"r_l3ds", "r_l4", "mb_dw112s2"} {
			base, l := reference(t, name, layer)
			for range 4 {
				arch := *base
				arch.Nodes = append([]hwmodel.Node(nil), base.Nodes...)
				for i := range arch.Nodes {
					n := &arch.Nodes[i]
					n.SizeBits <<= r.IntN(2)
					n.Read.EnergyJPerBit *= 1 + r.Float64()
					n.Read.BandwidthBitPerS *= 1 + r.Float64()
				}
				same(t, m, &arch, &l.Einsum, Options{Objective: Objective(r.IntN(3))})
			}
		}
	}
}

// TestMapperInterrupted: parts of a search that its context ended are not kept, so the next call is right; and calls
// at once share nothing.
func TestMapperInterrupted(t *testing.T) {
	m := new(Mapper)
	arch, l := reference(t, "three-level.yaml", "r_conv1")
	e := &l.Einsum
	for _, after := range []time.Duration{0, time.Millisecond, 3 * time.Millisecond} {
		ctx, stop := context.WithTimeout(context.Background(), after)
		_, err := m.Optimal(ctx, arch, e, Options{})
		stop()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	}
	same(t, m, arch, e, Options{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { same(t, m, arch, e, Options{}) })
	}
	wg.Wait()
}

// TestLeastWithoutOptions: an array whose least utilisation no loops can meet leaves no mapping, and the bounds say so.
func TestLeastWithoutOptions(t *testing.T) {
	arch, l := reference(t, "three-level.yaml", "r_l4")
	for i := range arch.Nodes {
		for d := range arch.Nodes[i].Dims {
			arch.Nodes[i].Dims[d].Size, arch.Nodes[i].Dims[d].MinUtilization = 11, 1
		}
	}
	x, err := new(Mapper).Least(context.Background(), arch, &l.Einsum)
	if inf := math.Inf(1); err != nil || x != (Least{inf, inf, inf}) {
		t.Errorf("%+v %v", x, err)
	}
	var none *InfeasibleError
	if _, err := Optimal(context.Background(), arch, &l.Einsum, Options{}); !errors.As(err, &none) {
		t.Errorf("%v", err)
	}
}
