package mapper

import (
	"cmp"
	"context"
	"errors"
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

// The objectives. The zero value is EDP, the product of energy and latency. Front asks for every pair of energy and
// latency that no other mapping beats in one without losing in the other.
const (
	EDP Objective = iota
	Energy
	Latency
	Front
)

// String returns the name that files and flags use.
func (o Objective) String() string {
	switch o {
	case Energy:
		return "energy"
	case Latency:
		return "latency"
	case Front:
		return "front"
	}
	return "edp"
}

// ParseObjective reads "edp", "energy", "latency" or "front"; ok is false for anything else.
func ParseObjective(name string) (o Objective, ok bool) {
	for _, o := range []Objective{EDP, Energy, Latency, Front} {
		if o.String() == name {
			return o, true
		}
	}
	return EDP, false
}

// Options control a search. The zero value asks for the least EDP.
type Options struct {
	Objective Objective
	// MaxNodes ends a search after so many partial choices with the best mapping found and the bound proved by then;
	// 0: no limit. The preparation counts, but is not cut short; nor is, for a
	// million nodes more, a search that has found no mapping yet.
	MaxNodes int64
	// Imperfect searches mappings with remainders too (definition.md section 7).
	Imperfect bool
}

// Result is an optimal mapping with its cost and what the proof took.
type Result struct {
	Mapping mapping.Mapping
	Cost    model.Cost
	Front   []Point // for the objective Front: all points, by falling energy; Mapping is then that of the least EDP
	Search  Stats
}

// Point is one mapping of a front of energy and latency.
type Point struct {
	Mapping mapping.Mapping
	Cost    model.Cost
}

// ErrBudget is returned when a search used up Options.MaxNodes, and a million nodes more, before it found any mapping.
var ErrBudget = errors.New("mapper: the node budget ended before a valid mapping was found")

// Optimal returns a mapping of the Einsum on the architecture with the least value of the objective over all valid
// mappings of definition.md section 2. The error is an *InfeasibleError where no valid mapping exists, the context's
// error where that ended first, or a description of what the architecture or Einsum has that the model does not know.
//
// The result depends on nothing but its arguments. Optimal may be called from several goroutines.
func Optimal(ctx context.Context, arch *hwmodel.Arch, einsum *workload.Einsum, o Options) (*Result, error) {
	return optimal(ctx, arch, einsum, o, soundRules())
}

func optimal(ctx context.Context, arch *hwmodel.Arch, einsum *workload.Einsum, o Options, r rules) (*Result, error) {
	start := time.Now()
	p, err := compile(arch, einsum)
	if err != nil {
		return nil, err
	}
	parts, err := newPrepared(ctx, p, r, o.Imperfect)
	if err != nil {
		return nil, err
	}
	search, err := newSearch(ctx, p, arch, o, parts)
	if err != nil {
		return nil, err
	}
	out, err := search.run(arch, einsum)
	if err != nil {
		return nil, err
	}
	out.Search.Elapsed = time.Since(start)
	return out, nil
}

// compile joins an architecture and an Einsum and refuses tensors that the outermost memory cannot hold.
func compile(arch *hwmodel.Arch, einsum *workload.Einsum) (*model.Problem, error) {
	p, err := model.Compile(arch, einsum)
	if err != nil {
		return nil, err
	}
	if e := tooLarge(p); e != nil {
		return nil, e
	}
	return p, nil
}

// run searches; the Einsum itself is needed for remainders only.
func (s *search) run(arch *hwmodel.Arch, einsum *workload.Einsum) (*Result, error) {
	if s.space.imperfect && s.goal != Front {
		o := Options{Objective: s.goal, MaxNodes: s.budget}
		var err error
		if s.seed, err = withoutRemainders(s.ctx, arch, einsum, o, s.space.rules); err != nil {
			return nil, err
		}
	}
	s.solve()
	if s.err != nil {
		return nil, s.err
	}
	if math.IsInf(s.best.value, 1) && len(s.front.points) == 0 {
		if s.halt {
			return nil, ErrBudget
		}
		return nil, explain(s.p, arch, s.space.imperfect)
	}
	return s.result(arch)
}

// withoutRemainders maps without remainders, which is quick and nearly as good: the search with them then only has to
// look for better. It returns nil where there is no such mapping.
func withoutRemainders(ctx context.Context, arch *hwmodel.Arch, einsum *workload.Einsum, o Options, r rules) (*Result, error) {
	o.Imperfect = false
	seed, err := optimal(ctx, arch, einsum, o, r)
	var none *InfeasibleError
	if errors.As(err, &none) || errors.Is(err, ErrBudget) {
		return nil, nil
	}
	return seed, err
}

// result rebuilds and evaluates what the search found.
func (s *search) result(arch *hwmodel.Arch) (*Result, error) {
	out := &Result{}
	var err error
	for i := range s.front.points {
		var p Point
		if p, err = s.point(&s.front.points[i], arch); err != nil {
			return nil, err
		}
		out.Front = append(out.Front, p)
		if i == 0 || p.Cost.EDPJs < out.Cost.EDPJs {
			out.Mapping, out.Cost = p.Mapping, p.Cost
		}
	}
	switch {
	case s.goal == Front:
	case s.best.masks == nil: // nothing was better than the seed
		out.Mapping, out.Cost = s.seed.Mapping, s.seed.Cost
	default:
		var p Point
		if p, err = s.point(&s.best, arch); err != nil {
			return nil, err
		}
		out.Mapping, out.Cost = p.Mapping, p.Cost
	}
	if s.goal == Front {
		s.best.value = out.Cost.EDPJs
	}
	out.Search = s.certificate()
	return out, nil
}

// point rebuilds one mapping; the evaluator has to agree with what the search priced it at.
func (s *search) point(b *incumbent, arch *hwmodel.Arch) (Point, error) {
	out := Point{Mapping: s.rebuild(b, arch)}
	out.Mapping.Imperfect = s.space.hasRemainder(&out.Mapping)
	cost, err := model.Evaluate(s.p, &out.Mapping)
	if err != nil {
		return out, err
	}
	out.Cost = *cost
	if math.Abs(cost.EnergyJ-b.cost.e) > 1e-9*cost.EnergyJ || math.Abs(cost.LatencyS-b.cost.t) > 1e-9*cost.LatencyS {
		return out, fmt.Errorf("mapper: search priced its mapping at %g J and %g s, evaluation at %g J and %g s; please report this",
			b.cost.e, b.cost.t, cost.EnergyJ, cost.LatencyS)
	}
	return out, nil
}

// keepChoice is one choice of tensors kept by every memory, with its lower bounds.
type keepChoice struct {
	masks []uint32
	nodes int
	bound pair
	// With floors taken jointly, see rootBound.
	latency, edp float64
}

// of returns the lower bound of an objective.
func (c *keepChoice) of(o Objective) float64 {
	switch o {
	case Energy:
		return c.bound.e
	case Latency:
		return c.latency
	}
	return c.edp
}

// closed reports whether no mapping of a keep choice can be better than what was found.
func (s *search) closed(c *keepChoice) bool {
	return s.hopeless(c.bound) || s.goal != Front && c.of(s.aim) >= s.best.value*(1-slack)
}

// solve runs the passes: dives along the most promising keep choices for first incumbents, then the exact search of
// every keep choice whose bound is not beaten, most promising first, then the tie-break.
func (s *search) solve() {
	choices := s.keepChoices()
	s.stats.KeepChoices = int64(len(choices))
	if s.stop() {
		return
	}
	s.bounded = true
	s.rootValue = choices[0].of(s.aim)
	s.dives(choices)
	for k, c := range choices {
		if math.IsInf(c.bound.t, 1) {
			s.stats.Pruned.Infeasible++
			continue
		}
		if s.closed(&c) {
			s.stats.Pruned.KeepChoices++
			continue
		}
		s.stats.KeepOpened++
		s.cut = math.Inf(1)
		copy(s.masks, c.masks)
		s.explore()
		if s.stop() {
			s.leaveChoices(choices[k:])
			return
		}
	}
	if s.goal != Front {
		s.breakTies(choices)
	}
}

// leaveChoices notes, when the node budget ended the search, the least bound of the choices left.
func (s *search) leaveChoices(left []keepChoice) {
	s.partial = s.halt
	s.unproved = s.cut // of the first of them, in which the search ended
	if math.IsInf(s.cut, 1) {
		s.unproved = left[0].of(s.aim)
	}
	for _, c := range left[1:] {
		if !math.IsInf(c.bound.t, 1) {
			s.unproved = min(s.unproved, c.of(s.aim))
		}
	}
}

// dives follows the most promising keep choices for first incumbents; for a front, once for each scalar objective.
func (s *search) dives(choices []keepChoice) {
	s.dive = true
	aims := []Objective{s.goal}
	if s.goal == Front {
		aims = []Objective{Energy, Latency, EDP}
	}
	for _, s.aim = range aims {
		s.best.value = math.Inf(1)
		if s.seed != nil {
			s.best.value = s.aim.of(pair{s.seed.Cost.EnergyJ, s.seed.Cost.LatencyS})
		}
		for _, c := range choices[:min(diveChoices, len(choices))] {
			if math.IsInf(c.bound.t, 1) || s.stop() {
				break
			}
			if !s.closed(&c) {
				copy(s.masks, c.masks)
				s.explore()
			}
		}
	}
	s.dive = false
}

// tidyNodes is what the last pass may look at beside as much as the search itself did.
const tidyNodes = 20_000

// breakTies looks for a mapping as good as the optimum with fewer storage nodes, fewest first. The pass ends at a
// fixed count of nodes, so that its outcome depends on the problem alone; it changes no value.
func (s *search) breakTies(choices []keepChoice) {
	if s.err != nil || s.best.masks == nil {
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
		if !s.closed(&c) {
			copy(s.masks, c.masks)
			s.explore()
		}
	}
	if !s.found {
		s.best.value = value
	}
	s.tidy = false
}

// diveChoices is how many keep choices the first pass follows.
const diveChoices = 6

// keepChoices lists every choice of kept tensors with its root bounds, least bound first, then fewest storage nodes.
// Where there are more than maxKeeps, or the context ends, s.space.err says so.
func (s *search) keepChoices() []keepChoice {
	var out []keepChoice
	count := 1.0
	must, may := make([]uint32, s.inner), make([]uint32, s.inner)
	for m := 1; m < s.inner; m++ {
		mem := &s.p.Memories[m]
		for t := range s.p.Tensors {
			if mem.Must[t] {
				must[m] |= 1 << t
			} else if mem.May[t] {
				may[m] |= 1 << t
				count *= 2
			}
		}
	}
	if count > maxKeeps && s.space.err == nil {
		s.space.err = &TooLargeError{fmt.Sprintf("%d memories within the outermost; ways to keep tensors in them or not (a memory's may_keep)", s.inner-1), count, maxKeeps}
		return nil
	}
	var choose func(m, nodes int)
	choose = func(m, nodes int) {
		if s.space.pause(1) {
			return
		}
		if m == s.inner {
			c := keepChoice{masks: slices.Clone(s.masks), nodes: nodes}
			c.bound, c.latency, c.edp = s.rootBound()
			out = append(out, c)
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
		return cmp.Or(cmp.Compare(a.of(s.aim), b.of(s.aim)), cmp.Compare(a.nodes, b.nodes))
	})
	return out
}
