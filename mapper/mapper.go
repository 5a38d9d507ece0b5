package mapper

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"tcmdse/hwmodel"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
)

// Objective is what a mapping is optimal for.
type Objective uint8

// The objectives. The zero value is EDP, the product of energy and latency.
const (
	EDP Objective = iota
	Energy
	Latency
)

// String returns the name that files and flags use.
func (o Objective) String() string {
	switch o {
	case Energy:
		return "energy"
	case Latency:
		return "latency"
	}
	return "edp"
}

// ParseObjective reads "edp", "energy" or "latency"; ok is false for anything else.
func ParseObjective(name string) (o Objective, ok bool) {
	for _, o := range []Objective{EDP, Energy, Latency} {
		if o.String() == name {
			return o, true
		}
	}
	return EDP, false
}

// Options control a search. The zero value asks for the least EDP.
type Options struct {
	Objective Objective
}

// Result is an optimal mapping with its cost and what the proof took.
type Result struct {
	Mapping mapping.Mapping
	Cost    model.Cost
	Search  Stats
}

// Stats tells what a search did.
type Stats struct {
	Optimal       bool    // the search ran to its end: no valid mapping is better (by more than 1e-12 relative)
	MapspaceLog10 float64 // size of the space of model.md section 2, log10 of an estimate from below, see space size
	Templates     int64   // orders of storage nodes of one memory that were opened
	Evaluated     int64   // complete mappings priced
	Nodes         int64   // partial choices bounded
	Elapsed       time.Duration
}

// Optimal returns a mapping of the Einsum on the architecture with the least value of the objective over all valid
// mappings of model.md, section 2. The error is an *InfeasibleError where no valid mapping exists, the context's
// error where that ended first, or a description of what the architecture or Einsum has that the model does not know.
//
// The result depends on nothing but its arguments. Optimal may be called from several goroutines.
func Optimal(ctx context.Context, arch *hwmodel.Arch, einsum *workload.Einsum, o Options) (*Result, error) {
	return optimal(ctx, arch, einsum, o, soundRules())
}

func optimal(ctx context.Context, arch *hwmodel.Arch, einsum *workload.Einsum, o Options, r rules) (*Result, error) {
	start := time.Now()
	p, err := model.Compile(arch, einsum)
	if err != nil {
		return nil, err
	}
	if e := tooLarge(p); e != nil {
		return nil, e
	}
	s, err := newSearch(ctx, p, arch, o, r)
	if err != nil {
		return nil, err
	}
	s.solve()
	if s.err != nil {
		return nil, s.err
	}
	if math.IsInf(s.best.value, 1) {
		return nil, explain(p, arch)
	}
	out := &Result{Mapping: s.rebuild(arch), Search: s.stats}
	cost, err := model.Evaluate(p, &out.Mapping)
	if err != nil {
		return nil, err
	}
	out.Cost = *cost
	if v := s.valueOf(cost); math.Abs(v-s.best.value) > 1e-9*v {
		return nil, fmt.Errorf("mapper: search priced its mapping at %g, evaluation at %g; please report this", s.best.value, v)
	}
	out.Search.Optimal = true
	out.Search.MapspaceLog10 = s.mapspaceLog10()
	out.Search.Elapsed = time.Since(start)
	return out, nil
}

// keepChoice is one choice of tensors kept by every memory, with its lower bound.
type keepChoice struct {
	masks []uint32
	nodes int
	bound float64
}

// solve runs the two passes: dives along the most promising keep choices for an incumbent, then the exact search of
// every keep choice whose bound the incumbent does not beat, most promising first.
func (s *search) solve() {
	choices := s.keepChoices()
	if s.stop() {
		return
	}
	s.dive = true
	for _, c := range choices[:min(dives, len(choices))] {
		copy(s.masks, c.masks)
		if math.IsInf(c.bound, 1) || s.hopeless(c.bound) {
			break
		}
		s.explore()
	}
	s.dive = false
	for _, c := range choices {
		if math.IsInf(c.bound, 1) || s.hopeless(c.bound) || s.err != nil {
			break
		}
		copy(s.masks, c.masks)
		s.explore()
	}
	s.breakTies(choices)
}

// tidyNodes is what the last pass may look at beside as much as the search itself did.
const tidyNodes = 20_000

// breakTies looks for a mapping as good as the optimum with fewer storage nodes, fewest first. The pass ends at a
// fixed count of nodes, so that its outcome depends on the problem alone; it changes no value.
func (s *search) breakTies(choices []keepChoice) {
	if s.err != nil || math.IsInf(s.best.value, 1) {
		return
	}
	value, nodes := s.best.value, 0
	for _, m := range s.best.masks {
		nodes += len(members(m))
	}
	s.tidy, s.until = true, 2*s.stats.Nodes+tidyNodes
	slices.SortStableFunc(choices, func(a, b keepChoice) int { return cmp.Compare(a.nodes, b.nodes) })
	for _, c := range choices {
		if c.nodes >= nodes || s.stop() {
			break
		}
		s.best.value = value * (1 + 2*slack)
		if !s.hopeless(c.bound) {
			copy(s.masks, c.masks)
			s.explore()
		}
	}
	if !s.halt {
		s.best.value = value
	}
	s.tidy, s.halt = false, false
}

// dives is how many keep choices the first pass follows.
const dives = 6

// keepChoices lists every choice of kept tensors with its root bound, least bound first, then fewest storage nodes.
func (s *search) keepChoices() []keepChoice {
	var out []keepChoice
	must, may := make([]uint32, s.inner), make([]uint32, s.inner)
	for m := 1; m < s.inner; m++ {
		mem := &s.p.Memories[m]
		for t := range s.p.Tensors {
			if mem.Must[t] {
				must[m] |= 1 << t
			} else if mem.May[t] {
				may[m] |= 1 << t
			}
		}
	}
	var choose func(m, nodes int)
	choose = func(m, nodes int) {
		if m == s.inner {
			out = append(out, keepChoice{slices.Clone(s.masks), nodes, s.rootBound()})
			return
		}
		for sub := may[m]; ; sub = (sub - 1) & may[m] {
			s.masks[m] = must[m] | sub
			choose(m+1, nodes+len(members(s.masks[m])))
			if sub == 0 {
				return
			}
		}
	}
	choose(1, 0)
	slices.SortStableFunc(out, func(a, b keepChoice) int {
		return cmp.Or(cmp.Compare(a.bound, b.bound), cmp.Compare(a.nodes, b.nodes))
	})
	return out
}

// valueOf returns the objective of an evaluated cost.
func (s *search) valueOf(c *model.Cost) float64 {
	switch s.goal {
	case Energy:
		return c.EnergyJ
	case Latency:
		return c.LatencyS
	}
	return c.EDPJs
}
