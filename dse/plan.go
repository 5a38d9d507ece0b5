package dse

import (
	"context"
	"time"

	"tcmdse/mapper"
	"tcmdse/mapper/workload"
	"tcmdse/sweeps"
)

// Size is what a sweep will take.
type Size struct {
	sweeps.Counts          // OverBudget is exact here
	Mappings       int64   // distinct (architecture, layer shape) pairs of candidates within the budget
	AtMost         bool    // Mappings counts some equal pairs twice: the sweep is too large to remember all
	SecondsOneCore float64 // estimate from mapping sampled candidates
	Sampled        int     // how many
}

const (
	// planSamples is how many candidates are mapped for an estimate, of those that have to be mapped, spread over the
	// sweep, as long as they take no more than planTime.
	planSamples = 8
	planTime    = 20 * time.Second
	// planRemembered bounds the architectures that are compared with each other: 16 bytes each, and a map's overhead.
	planRemembered = 4_000_000
)

// Plan counts candidates and distinct mappings and times a sample of candidates.
func Plan(ctx context.Context, s *sweeps.Sweep, networks []*workload.Network) (Size, error) {
	var out Size
	var err error
	if out.Counts, err = s.Count(ctx); err != nil {
		return out, err
	}
	var layers []*workload.Layer
	shapes := map[string]bool{}
	for _, n := range networks {
		for i := range n.Layers {
			if k := n.Layers[i].Einsum.ShapeKey(); !shapes[k] {
				shapes[k] = true
				layers = append(layers, &n.Layers[i])
			}
		}
	}
	distinct, samples, err := out.walk(ctx, s)
	if err != nil || distinct == 0 {
		return out, err
	}
	out.Mappings = distinct * int64(len(layers))
	seconds, err := out.time(ctx, s, samples, layers)
	out.SecondsOneCore = seconds * float64(distinct)
	return out, err
}

// walk builds every candidate: it counts those over the budget and the architectures that differ to the mapper, and
// picks the candidates to be timed.
func (z *Size) walk(ctx context.Context, s *sweeps.Sweep) (distinct int64, samples []pilot, err error) {
	seen := map[workKey]bool{}
	var from pilots
	z.OverBudget = 0
	for c, err := range s.Candidates() {
		if err != nil {
			return 0, nil, err
		}
		if ctx.Err() != nil {
			return 0, nil, ctx.Err()
		}
		if s.OverBudget(c.Arch) {
			z.OverBudget++
			continue
		}
		if len(seen) == planRemembered {
			z.AtMost = true
		} else {
			key, err := archKey(c.Arch)
			if err != nil {
				return 0, nil, err
			}
			var k workKey
			copy(k[:], key)
			if seen[k] {
				continue
			}
			seen[k] = true
		}
		from.add(&sweeps.Candidate{Nth: distinct, Place: c.Place})
		distinct++
	}
	return distinct, from.spread(planSamples), nil
}

// time returns the mean seconds that one core takes for a candidate.
func (z *Size) time(ctx context.Context, s *sweeps.Sweep, samples []pilot, layers []*workload.Layer) (float64, error) {
	o, _ := mapper.ParseObjective(s.Objective)
	mapLayer := mapBy(new(mapper.Mapper))
	one := func(at pilot) error {
		c, err := s.At(at.place)
		if err != nil {
			return err
		}
		for _, l := range layers {
			if _, err := mapLayer(ctx, c.Arch, l, o); err != nil && ctx.Err() != nil {
				return ctx.Err()
			}
		}
		return nil
	}
	if err := one(samples[0]); err != nil { // prepares what the others share
		return 0, err
	}
	start := time.Now()
	for _, at := range samples {
		if err := one(at); err != nil {
			return 0, err
		}
		if z.Sampled++; time.Since(start) > planTime {
			break
		}
	}
	return time.Since(start).Seconds() / float64(z.Sampled), nil
}
