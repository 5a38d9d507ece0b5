package dse

import (
	"container/heap"
	"context"
	"errors"
	"math"

	"golang.org/x/sync/errgroup"

	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/workload"
)

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
		g.Go(func() error { return f.refineBox(ctx, b, by.edpJs) })
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

// refineBox maps layers on the relaxation, through the memo: in a grid the relaxation is that of the better half too, and
// the best corner of the box, a candidate that may have to be mapped itself.
func (f *frontier) refineBox(ctx context.Context, b *box, limitJs float64) error {
	arch, err := f.c.corner(b)
	if err != nil {
		return err
	}
	key, err := archKey(arch)
	if err != nil {
		return err
	}
	for _, i := range heaviest(b.least) {
		if f.same[i] != i {
			continue
		}
		row, _, err := f.r.memo.layer(ctx, arch, key, &f.n.Layers[i], mapper.EDP)
		var unread storeError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &unread):
			return err
		case err != nil || !row.Optimal:
			continue // not bounded better: candidates say themselves why
		}
		for k := range b.least {
			if f.same[k] == i {
				b.least[k].EDPJs = max(b.least[k].EDPJs, row.EDPJs*(1-margin))
			}
		}
		if b.boundJs = max(b.boundJs, networkLeast(b.least)); b.boundJs > limitJs {
			break
		}
	}
	return nil
}
