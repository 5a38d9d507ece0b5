package dse

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"

	"tcmdse/mapper"
	"tcmdse/results"
	"tcmdse/sweeps"
)

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
			return f.decide(&c, f.skipped(l.boundJs, l.by))
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
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
		return f.r.send(finished{Candidate: results.Candidate{Key: c.Key, Index: c.Index, Results: []results.WorkloadResult{w}}, nth: c.Nth, stored: true})
	}
	out := describe(c)
	out.Results = []results.WorkloadResult{w}
	return f.r.send(finished{Candidate: out, nth: c.Nth})
}
