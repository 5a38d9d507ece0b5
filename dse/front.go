package dse

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"

	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/workload"
	"tcmdse/results"
	"tcmdse/sweeps"
)

// The search for a front without mapping every candidate, one workload after the other.
//
// Candidates lie in boxes. A box has a lower bound of the EDP of all its members: that of a relaxation which is at
// least as good as each of them (relax.go), from bounds of every layer (least.go, mapper.Least). Boxes are taken by
// rising bound. Of a box, members are dropped that a mapped candidate with no more area beats (proof below); what is
// left is mapped where all members are alike to the mapper, and otherwise cut in two (cut.go). This is best-first
// search: when a box is taken, every front design of less EDP than its bound is known, so no box is opened that those
// designs exclude.
//
// Rule "beaten box": let a box have the bound b and candidate p be mapped, EDP(p) < b. A member m with
// area(m) >= area(p) has EDP(m) >= b > EDP(p), so p comes before m by area and EDP and is better: m is not on the front,
// whatever else is mapped. Members dropped one after the other need no other proof, as p itself is only kept off the
// front by a candidate that is no worse than p in both, which then beats m too. So the front of the mapped candidates
// is that of all, ties included: a member of the same EDP as p is not dropped.
//
// What is opened depends on the candidates alone: each round takes roundBoxes boxes whatever the number of goroutines.

// roundBoxes is how many boxes one round opens. More keep more cores busy, and open some that a front design found in
// the same round would have excluded.
const roundBoxes = 8

// frontier is the search for one workload's front.
type frontier struct {
	r     *runner
	n     *workload.Network
	c     *crowd
	done  *results.Keys
	open  boxQueue
	front []mapped // by rising area and falling EDP
	cuts  cutScores
	same  []int // by layer: the first of the same shape
	// How far EDPs lay above the bounds of their boxes before a search: how many, and the sum of logarithms.
	seen, above float64
}

// mapped is a candidate of the front so far.
type mapped struct{ areaM2, edpJs float64 }

// box is a set of candidates.
type box struct {
	members []int32 // into crowd.points
	parent  *box    // that it was cut from; nil for a root
	least   []layerLeast
	rootJs  float64 // boundJs before a search; 0: none, or counted already
	refined bool    // bounds of layers are the optima of the relaxation, as far as was of use
	boundJs float64 // lower bound of the EDP of each member, +Inf where none can be mapped
	areaM2  float64 // the least of a member
	first   int64   // the least index of a member

	// How it was cut from its parent: along which column, whether it is the worse half, and how much range that took;
	// a root was not cut.
	column int
	worse  bool
	taken  float64
}

// frontOnly decides all candidates, mapping those that may be on a front.
func (r *runner) frontOnly(ctx context.Context, done *results.Keys) error {
	c, err := r.gather(ctx, done)
	if err != nil {
		return err
	}
	for _, n := range r.networks {
		f := &frontier{r: r, n: n, c: c, done: done, cuts: newCutScores(len(c.columns)), same: sameShapes(n)}
		if err := f.search(ctx); err != nil {
			return err
		}
	}
	return nil
}

// sameShapes returns for every layer the first one of the same shape.
func sameShapes(n *workload.Network) []int {
	first := map[string]int{}
	out := make([]int, len(n.Layers))
	for i := range n.Layers {
		key := n.Layers[i].Einsum.ShapeKey()
		if _, ok := first[key]; !ok {
			first[key] = i
		}
		out[i] = first[key]
	}
	return out
}

func (f *frontier) search(ctx context.Context) error {
	if len(f.c.points) == 0 {
		return nil
	}
	root := &box{column: -1}
	for i := range f.c.points {
		root.members = append(root.members, int32(i))
	}
	if err := f.bound(ctx, []*box{root}); err != nil {
		return err
	}
	for f.open.Len() > 0 {
		if err := f.round(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// round opens the boxes of least bound: it maps those whose members are alike, refines those that may well be beaten,
// and cuts the others.
func (f *frontier) round(ctx context.Context) error {
	var leaves, near, halves []*box
	var beaten []loser
	for range roundBoxes {
		if f.open.Len() == 0 {
			break
		}
		b := heap.Pop(&f.open).(*box)
		beaten = f.drop(b, beaten)
		switch {
		case len(b.members) == 0:
		case math.IsInf(b.boundJs, 1) || f.c.alike(b.members):
			leaves = append(leaves, b)
		case !b.refined && f.beatable(b):
			near = append(near, b)
		default:
			low, high := f.cut(b)
			halves = append(halves, low, high)
		}
	}
	if err := f.skip(ctx, beaten); err != nil {
		return err
	}
	if err := f.mapAll(ctx, leaves); err != nil {
		return err
	}
	if err := f.refine(ctx, near); err != nil {
		return err
	}
	return f.bound(ctx, halves)
}

// beatable reports whether a box is refined before it is cut: where better bounds of its layers may show that all its
// members are beaten.
func (f *frontier) beatable(b *box) bool {
	limit, ok := f.beats(b.areaM2)
	return ok && limit.edpJs < f.gap()*b.boundJs
}

// firstGap is how far above its bound before a search an EDP is taken to lie before any was seen; most lie within it.
const firstGap = 1.25

// gap returns how far above its bound the EDP of a box is to be expected: as far as those lay that were mapped or
// refined, and a little more. It decides what is tried, not what is proved.
func (f *frontier) gap() float64 {
	if f.seen == 0 {
		return firstGap
	}
	return max(firstGap, 1.1*math.Exp(f.above/f.seen))
}

// learn notes the EDP of a box whose bound before a search was known.
func (f *frontier) learn(b *box, edpJs float64) {
	if b.rootJs > 0 && edpJs >= b.rootJs && !math.IsInf(edpJs, 1) {
		f.seen++
		f.above += math.Log(edpJs / b.rootJs)
	}
}

// refine replaces bounds of layers by the EDP of the optimal mapping on the relaxation, heaviest layer first, until the
// box is beaten or all are, and queues the boxes anew.
func (f *frontier) refine(ctx context.Context, boxes []*box) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, f.r.Jobs))
	for _, b := range boxes {
		by, _ := f.beats(b.areaM2)
		arch := f.c.relax(b)
		g.Go(func() error {
			for _, i := range heaviest(b.least) {
				l := &f.n.Layers[i]
				if f.same[i] != i {
					continue
				}
				r, err := f.r.mapper.Optimal(ctx, arch, &l.Einsum, mapper.Options{Objective: mapper.EDP})
				if err != nil {
					if ctx.Err() != nil {
						return ctx.Err()
					}
					continue // not bounded better: candidates say themselves why
				}
				for k := range b.least {
					if f.same[k] == i {
						b.least[k].EDPJs = max(b.least[k].EDPJs, r.Cost.EDPJs*(1-margin))
					}
				}
				if b.boundJs = max(b.boundJs, networkLeast(b.least)); b.boundJs > by.edpJs {
					break
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, b := range boxes {
		f.learn(b, b.boundJs)
		b.refined, b.rootJs = true, 0
		heap.Push(&f.open, b)
	}
	return nil
}

// loser is a member that a mapped candidate beats.
type loser struct {
	p       *point
	boundJs float64
	by      mapped
}

// drop takes members out of a box that a mapped candidate beats, and adds them to those beaten.
func (f *frontier) drop(b *box, beaten []loser) []loser {
	kept := b.members[:0]
	for _, i := range b.members {
		p := &f.c.points[i]
		if by, ok := f.beats(p.areaM2); ok && by.edpJs < b.boundJs && !math.IsInf(b.boundJs, 1) {
			beaten = append(beaten, loser{p, b.boundJs, by})
			continue
		}
		kept = append(kept, i)
	}
	b.members = kept
	f.c.measure(b)
	return beaten
}

// skip stores members that are beaten.
func (f *frontier) skip(ctx context.Context, beaten []loser) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, f.r.Jobs))
	for _, l := range beaten {
		if gctx.Err() != nil {
			break
		}
		g.Go(func() error {
			c, err := f.c.again(l.p)
			if err != nil {
				return err
			}
			f.r.meter.rest(f.n.Name, 0)
			return f.decide(&c, f.skipped(l.boundJs, l.by))
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// beats returns the mapped candidate of least EDP among those of no more area.
func (f *frontier) beats(areaM2 float64) (mapped, bool) {
	n, _ := slices.BinarySearchFunc(f.front, areaM2, func(m mapped, a float64) int {
		if m.areaM2 <= a {
			return -1
		}
		return 1
	})
	if n == 0 {
		return mapped{}, false
	}
	return f.front[n-1], true
}

// add puts a mapped candidate on the front unless one there is no worse in both.
func (f *frontier) add(m mapped) {
	if by, ok := f.beats(m.areaM2); ok && by.edpJs <= m.edpJs {
		return
	}
	f.front = slices.DeleteFunc(f.front, func(o mapped) bool { return o.areaM2 >= m.areaM2 && o.edpJs >= m.edpJs })
	f.front = append(f.front, m)
	slices.SortFunc(f.front, func(a, b mapped) int { return cmp.Compare(a.areaM2, b.areaM2) })
}

// mapAll maps all members of boxes, each until it is done or proved beaten.
func (f *frontier) mapAll(ctx context.Context, boxes []*box) error {
	type task struct {
		p     *point
		b     *box
		edpJs float64 // 0: not mapped to the end
	}
	var todo []task
	for _, b := range boxes {
		for _, i := range b.members {
			todo = append(todo, task{p: &f.c.points[i], b: b})
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, f.r.Jobs))
	for k := range todo {
		t := &todo[k]
		by, ok := f.beats(t.p.areaM2)
		if !ok {
			by.edpJs = math.Inf(1)
		}
		g.Go(func() error {
			c, err := f.c.again(t.p)
			if err != nil {
				return err
			}
			w, err := f.mapOrBeat(ctx, &c, t.b, by)
			if err != nil {
				return err
			}
			t.edpJs = w.EDPJs
			return f.decide(&c, w)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for k := range todo {
		if t := &todo[k]; t.edpJs > 0 {
			f.add(mapped{t.p.areaM2, t.edpJs})
			f.learn(t.b, t.edpJs)
			t.b.rootJs = 0 // once a box
		}
	}
	return nil
}

// mapOrBeat maps a candidate layer by layer, heaviest first, until it is done or its bound, in which the layers mapped
// are exact, is above what beats it.
func (f *frontier) mapOrBeat(ctx context.Context, c *sweeps.Candidate, b *box, by mapped) (results.WorkloadResult, error) {
	key, err := archKey(c.Arch)
	if err != nil {
		return results.WorkloadResult{}, err
	}
	if math.IsInf(b.boundJs, 1) { // no mapping: the candidate says of which layer
		return f.r.network(ctx, c.Arch, key, f.n)
	}
	least, rows := slices.Clone(b.least), make([]results.Layer, len(b.least))
	have := make([]bool, len(rows))
	for done, i := range heaviest(least) {
		if rows[i], err = f.r.layer(ctx, c.Arch, key, f.n, i); err != nil {
			return f.firstRefusal(ctx, c, key, have, i, err)
		}
		have[i] = true
		least[i] = layerLeast{float64(rows[i].Count), mapper.Least{EnergyJ: rows[i].EnergyJ, LatencyS: rows[i].LatencyS, EDPJs: rows[i].EDPJs}}
		if bound := networkLeast(least); bound > by.edpJs && done < len(least)-1 {
			return f.skipped(bound, by), nil
		}
	}
	return mappedNetwork(f.n, rows), nil
}

// firstRefusal is the outcome of a candidate whose layer i cannot be mapped: it names the first such layer of the
// network, as a full sweep does.
func (f *frontier) firstRefusal(ctx context.Context, c *sweeps.Candidate, key string, have []bool, i int, err error) (results.WorkloadResult, error) {
	for k := range i {
		if have[k] {
			continue
		}
		if _, earlier := f.r.layer(ctx, c.Arch, key, f.n, k); earlier != nil {
			return f.r.refused(ctx, f.n, k, earlier)
		}
	}
	return f.r.refused(ctx, f.n, i, err)
}

// skipped is the outcome of a candidate that another one beats whatever its mappings.
func (f *frontier) skipped(boundJs float64, by mapped) results.WorkloadResult {
	return results.WorkloadResult{Workload: f.n.Name, Status: results.Skipped, BoundEDPJs: boundJs, Reason: fmt.Sprintf(
		"not on the front: its EDP is at least %.6g Js (proved); a mapped candidate of %.6g mm2 has %.6g Js", boundJs, by.areaM2*1e6, by.edpJs)}
}

// decide hands a member's outcome to the writer.
func (f *frontier) decide(c *sweeps.Candidate, w results.WorkloadResult) error {
	if f.done.Has(c.Key) {
		return f.r.send(finished{Candidate: results.Candidate{Key: c.Key, Index: c.Index, Results: []results.WorkloadResult{w}}, stored: true})
	}
	out := describe(c)
	out.Results = []results.WorkloadResult{w}
	return f.r.send(finished{Candidate: out})
}

// bound computes the bounds of boxes, all layers of all boxes at once, and queues them.
func (f *frontier) bound(ctx context.Context, boxes []*box) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, f.r.Jobs))
	for _, b := range boxes {
		f.c.measure(b)
		arch := f.c.relax(b)
		b.least = make([]layerLeast, len(f.n.Layers))
		for i := range f.n.Layers {
			l := &f.n.Layers[i]
			if b.least[i].count = float64(l.Count); f.same[i] != i {
				continue
			}
			g.Go(func() (err error) {
				b.least[i].Least, err = f.r.leastOf(ctx, arch, l)
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, b := range boxes {
		for i := range b.least {
			b.least[i].Least = b.least[f.same[i]].Least
		}
		b.inherit()
		b.rootJs = b.boundJs
		f.cuts.learn(b)
		b.parent = nil
		heap.Push(&f.open, b)
	}
	return nil
}

// inherit takes over what is proved of the box that it was cut from, and bounds the EDP of the network.
func (b *box) inherit() {
	if b.parent != nil {
		for i := range b.least {
			x, y := &b.least[i], &b.parent.least[i]
			x.EnergyJ, x.LatencyS, x.EDPJs = max(x.EnergyJ, y.EnergyJ), max(x.LatencyS, y.LatencyS), max(x.EDPJs, y.EDPJs)
		}
	}
	b.boundJs = networkLeast(b.least)
	if b.parent != nil {
		b.boundJs = max(b.boundJs, b.parent.boundJs)
	}
}

// leastOf bounds a layer on a relaxation. What the mapper refuses for another reason than that no mapping is valid is
// not bounded: its candidates are mapped one by one and say why.
func (r *runner) leastOf(ctx context.Context, arch *hwmodel.Arch, l *workload.Layer) (mapper.Least, error) {
	x, err := r.mapper.Least(ctx, arch, &l.Einsum)
	var none *mapper.InfeasibleError
	switch {
	case err == nil:
		return x, nil
	case ctx.Err() != nil:
		return x, ctx.Err()
	case errors.As(err, &none):
		return mapper.Least{EnergyJ: math.Inf(1), LatencyS: math.Inf(1), EDPJs: math.Inf(1)}, nil
	}
	return mapper.Least{}, nil
}

// boxQueue is a heap of boxes, least bound first, then by the first candidate.
type boxQueue []*box

func (q boxQueue) Len() int { return len(q) }
func (q boxQueue) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(q[i].boundJs, q[j].boundJs), cmp.Compare(q[i].first, q[j].first)) < 0
}
func (q boxQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *boxQueue) Push(x any)   { *q = append(*q, x.(*box)) }
func (q *boxQueue) Pop() any {
	old := *q
	b := old[len(old)-1]
	*q = old[:len(old)-1]
	return b
}
