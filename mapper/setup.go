package mapper

import (
	"context"
	"math"

	"tcmdse/hwmodel"
	"tcmdse/mapper/model"
)

// newSearch prepares a search: spatial options, unit traffic of every possible link, on the groups and tables given.
func newSearch(ctx context.Context, p *model.Problem, arch *hwmodel.Arch, o Options, parts *prepared) (*search, error) {
	sp := parts.space
	s := &search{
		prepared: parts, ctx: ctx, p: p, goal: o.Objective, aim: o.Objective, inner: len(p.Memories), res: newResources(p),
		floors: make(map[floorKey]*levelFloor), budget: o.MaxNodes, cut: math.Inf(1),
	}
	s.best.value = math.Inf(1)
	if s.goal == Front {
		s.aim = EDP
	}
	n := s.inner + 2
	s.below = make([][]int, n)
	for l := range s.below {
		s.below[l] = make([]int, len(sp.groups))
	}
	s.ideal, s.idealFresh, s.floorOf = make([][]coef, n), make([]float64, n), make([]*levelFloor, n)
	for l := range s.ideal {
		s.ideal[l] = make([]coef, len(p.Tensors))
		for t := range s.ideal[l] {
			s.ideal[l][t].busy, s.ideal[l][t].busyFirst = make([]float64, s.res.n), make([]float64, s.res.n)
		}
	}
	s.apart = make([][]float64, s.inner+1)
	for c := range s.apart {
		s.apart[c] = make([]float64, len(p.Tensors))
	}
	s.bounds, s.farther = make([]farther, n), &farther{}
	s.stages = make([]stage, s.inner+1)
	for i := range s.stages {
		s.stages[i].outside, s.stages[i].inside = make([]int, len(sp.groups)), make([]int, len(sp.groups))
	}
	s.levels, s.choice = make([]*spatialLevel, n), make([]int, n)
	nodes := make([][]int, n)
	for _, a := range p.Arrays {
		nodes[a.Above] = append(nodes[a.Above], a.Node)
	}
	for l := range nodes {
		if len(nodes[l]) > 0 {
			if s.levels[l] = s.spatial(nodes[l], arch); sp.err != nil {
				return nil, sp.err
			}
		}
	}
	s.masks, s.used, s.fresh, s.rest = make([]uint32, s.inner), make([]float64, n), make([]float64, n), make([]float64, n)
	s.restB, s.coefs, s.decide = make([][]float64, n), make([][]coef, n), make([]decision, n)
	for l := range n {
		s.restB[l] = make([]float64, s.res.n)
		s.decide[l].cost.busy = make([]float64, s.res.n)
		s.coefs[l] = make([]coef, len(p.Tensors))
		for t := range s.coefs[l] {
			s.coefs[l][t].busy, s.coefs[l][t].busyFirst = make([]float64, s.res.n), make([]float64, s.res.n)
		}
	}
	s.links = make([][2]unitTraffic, (s.inner+1)*s.inner*maxTensors)
	s.network = make([]float64, s.inner*(s.inner+1))
	for c := 1; c <= s.inner; c++ {
		for m := range c {
			s.network[m*(s.inner+1)+c] = p.NetworkJPerBit(m, c)
			for t := range p.Tensors {
				u := &s.links[(c*s.inner+m)*maxTensors+t]
				u[0], u[1] = s.link(t, m, c)
			}
		}
	}
	s.cur = make([]int, len(s.space.groups))
	return s, nil
}

// constants of the space that bounds use.
func (s *space) constants() {
	s.leastFills = make([]float64, len(s.p.Tensors))
	s.firstAtCompute, s.mostFirst = 1, 1
	for t := range s.leastFills {
		s.leastFills[t] = 1
	}
	for gi := range s.groups {
		g := &s.groups[gi]
		s.firstAtCompute *= g.first[0]
		most := 0.0
		for _, f := range g.first {
			most = max(most, f)
		}
		s.mostFirst *= most
		for t := range s.leastFills {
			least := math.Inf(1)
			for _, f := range g.fills[t] {
				least = min(least, f)
			}
			s.leastFills[t] *= least
		}
	}
}
