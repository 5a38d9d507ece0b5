package dse

import (
	"cmp"
	"container/heap"
	"context"
	"math"

	"tcmdse/mapper/workload"
	"tcmdse/results"
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
