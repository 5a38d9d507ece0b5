package model_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"tcmdse/mapper/internal/exhaustive"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
)

// sample is a random valid mapping with its cost.
type sample struct {
	*testing.T
	*rand.Rand
	p    *model.Problem
	m    *mapping.Mapping
	cost *model.Cost
}

// each calls f with random valid mappings on problems without capacities, larger than those that are walked.
func each(t *testing.T, f func(s *sample)) {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	tried := 0
	for seed := uint64(0); tried < 3000 && !t.Failed(); seed++ {
		a, e := exhaustive.Random(seed)
		for i := range a.Nodes {
			a.Nodes[i].SizeBits = 0
		}
		p, err := model.Compile(a, e)
		if err != nil {
			t.Fatal(err)
		}
		m := randomMapping(r, a, e)
		c, err := model.Evaluate(p, m)
		var bad *model.InvalidError
		if errors.As(err, &bad) && bad.Rule == 4 { // a least utilisation
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		tried++
		if f(&sample{t, r, p, m, c}); t.Failed() {
			t.Logf("seed %d\n%s", seed, m.Text("MAC"))
		}
	}
}

// evaluate prices a changed mapping, which has to be valid still.
func (s *sample) evaluate(nodes []mapping.Node) *model.Cost {
	s.Helper()
	m := &mapping.Mapping{Nodes: nodes}
	c, err := model.Evaluate(s.p, m)
	if err != nil {
		s.Fatalf("%v\n%s", err, m.Text("MAC"))
	}
	return c
}

// sameTraffic checks that two costs are equal in all but occupancies.
func (s *sample) sameTraffic(got *model.Cost) {
	s.Helper()
	if a, b := withoutPeaks(s.cost), withoutPeaks(got); !reflect.DeepEqual(a, b) {
		s.Errorf("costs differ: before\n%+v\nafter\n%+v", a, b)
	}
}

func withoutPeaks(c *model.Cost) *model.Cost {
	out := *c
	out.Components = slices.Clone(c.Components)
	for i := range out.Components {
		k := &out.Components[i]
		k.PeakBits = 0
		k.Tensors = slices.Clone(k.Tensors)
		for j := range k.Tensors {
			k.Tensors[j].PeakBits = 0
		}
	}
	return &out
}

// loops lists the places of loops of one kind with more than one pass.
func (s *sample) loops(kinds ...mapping.Kind) []int {
	var out []int
	for i, n := range s.m.Nodes {
		if slices.Contains(kinds, n.Kind) && n.N > 1 {
			out = append(out, i)
		}
	}
	return out
}

// TestLoopsOfOne inserts loops of one pass anywhere, temporal or spatial: nothing changes, occupancy included.
func TestLoopsOfOne(t *testing.T) {
	each(t, func(s *sample) {
		if len(s.p.Vars) == 0 {
			return
		}
		nodes := slices.Clone(s.m.Nodes)
		for range 1 + s.IntN(4) {
			loop := mapping.Node{Kind: mapping.Temporal, Var: s.p.Vars[s.IntN(len(s.p.Vars))].Name, N: 1}
			if len(s.p.Arrays) > 0 && s.IntN(2) == 0 {
				a := &s.p.Arrays[s.IntN(len(s.p.Arrays))]
				loop.Kind, loop.Array, loop.Dim = mapping.Spatial, a.Name, a.Dims[s.IntN(len(a.Dims))].Name
			}
			nodes = slices.Insert(nodes, s.IntN(len(nodes)+1), loop)
		}
		if got := s.evaluate(nodes); !reflect.DeepEqual(got, s.cost) {
			s.Errorf("costs differ: before\n%+v\nafter\n%+v\n%v", s.cost, got, nodes)
		}
	})
}

// TestSplitLoop cuts a loop in two neighbours: no traffic changes, and occupancy does not shrink (a window slides
// through the first part only).
func TestSplitLoop(t *testing.T) {
	split, grew := 0, 0
	each(t, func(s *sample) {
		loops := s.loops(mapping.Temporal, mapping.Spatial)
		if len(loops) == 0 {
			return
		}
		i := loops[s.IntN(len(loops))]
		for f := int64(2); f < s.m.Nodes[i].N; f++ {
			if s.m.Nodes[i].N%f != 0 {
				continue
			}
			nodes := slices.Insert(slices.Clone(s.m.Nodes), i, s.m.Nodes[i])
			nodes[i].N, nodes[i+1].N = f, nodes[i].N/f
			got := s.evaluate(nodes)
			s.sameTraffic(got)
			split++
			for k := range got.Components {
				switch was, is := s.cost.Components[k].PeakBits, got.Components[k].PeakBits; {
				case is > was:
					grew++
				case is < was:
					s.Errorf("%s holds %v bits, with the loop at node %d cut in two %v", got.Components[k].Name, was, i+1, is)
				}
			}
		}
	})
	if split == 0 || grew == 0 {
		t.Errorf("%d loops cut, occupancy grew by it %d times; neither should be 0", split, grew)
	}
}

// TestOrderInGap shuffles the temporal loops of every gap, and the spatial ones: no traffic changes.
func TestOrderInGap(t *testing.T) {
	each(t, func(s *sample) {
		nodes := slices.Clone(s.m.Nodes)
		for from := 0; from < len(nodes); {
			to := from + 1
			for nodes[from].Kind != mapping.Storage && to < len(nodes) && nodes[to].Kind == nodes[from].Kind {
				to++
			}
			part := nodes[from:to]
			s.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
			from = to
		}
		s.sameTraffic(s.evaluate(nodes))
	})
}

// TestRelevantLoopUp moves a loop over a relevant variable from directly below a storage node to above it: the node
// and all others move as much as before, or less (a lone index with a stride loses the gaps between its tiles), and
// the node holds no more. This is the rule of definition.md section 6 that the search prunes by.
func TestRelevantLoopUp(t *testing.T) {
	moved := 0
	each(t, func(s *sample) {
		for _, i := range s.loops(mapping.Temporal) {
			above := &s.m.Nodes[i-1]
			if above.Kind != mapping.Storage || above.Memory == s.p.Memories[0].Name {
				continue
			}
			t, v := s.tensor(above.Tensor), s.variable(s.m.Nodes[i].Var)
			if s.p.Relevance(t, v) != model.Relevant {
				continue
			}
			moved++
			nodes := slices.Clone(s.m.Nodes)
			at := i - 1
			for at > 0 && nodes[at-1].Kind == mapping.Spatial {
				at-- // temporal loops stand over the spatial ones of their gap
			}
			nodes = slices.Insert(slices.Delete(nodes, i, i+1), at, s.m.Nodes[i])
			if at < i-1 {
				continue // above the spatial loops the node is another instance's; not the rule
			}
			got := s.evaluate(nodes)
			if got.EnergyJ > s.cost.EnergyJ*(1+1e-12) || got.LatencyS > s.cost.LatencyS*(1+1e-12) {
				s.Errorf("loop at node %d moved up: energy %v, was %v; latency %v, was %v", i+1, got.EnergyJ, s.cost.EnergyJ, got.LatencyS, s.cost.LatencyS)
			}
			for k := range got.Components {
				if name := got.Components[k].Name; name == above.Memory && got.Components[k].PeakBits > s.cost.Components[k].PeakBits {
					s.Errorf("loop at node %d moved up: %s holds %v bits, was %v", i+1, name, got.Components[k].PeakBits, s.cost.Components[k].PeakBits)
				}
			}
		}
	})
	if moved == 0 {
		t.Error("no loop to move")
	}
}

func (s *sample) tensor(name string) int {
	for t := range s.p.Tensors {
		if s.p.Tensors[t].Name == name {
			return t
		}
	}
	panic(name)
}

func (s *sample) variable(name string) int {
	for v := range s.p.Vars {
		if s.p.Vars[v].Name == name {
			return v
		}
	}
	panic(name)
}

// TestTotals checks the sums that tie a Cost's parts together, and that latency is that of the bottleneck.
func TestTotals(t *testing.T) {
	each(t, func(s *sample) {
		c := s.cost
		var energy, latest float64
		bottleneck := 0.0
		for _, k := range c.Components {
			energy += k.EnergyJ + k.LeakageJ
			latest = max(latest, k.BusyS)
			if k.Name == c.Bottleneck {
				bottleneck = k.BusyS
			}
			var peak float64
			for _, tr := range k.Tensors {
				peak += tr.PeakBits
			}
			if peak != k.PeakBits {
				s.Errorf("%s holds %v bits, its tensors %v", k.Name, k.PeakBits, peak)
			}
		}
		if math.Abs(energy-c.EnergyJ) > 1e-12*energy || latest != c.LatencyS || bottleneck != c.LatencyS {
			s.Errorf("energy %v, parts %v; latency %v, longest %v, bottleneck %s %v", c.EnergyJ, energy, c.LatencyS, latest, c.Bottleneck, bottleneck)
		}
		if c.EDPJs != c.EnergyJ*c.LatencyS || c.Utilization <= 0 || c.Utilization > 1 || c.MACs != s.p.MACs {
			s.Errorf("%+v", c)
		}
	})
}
