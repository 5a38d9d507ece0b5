package dse

import (
	"math/rand/v2"

	"tcmdse/sweeps"
)

// maxPilots is a compromise: of a thousand candidates one in sixteen is a pilot; sixty-four ranges tell apart the
// small, fast designs from the large ones of several axes.
const maxPilots = 64

// pilots are candidates spread over a sweep, one drawn at random from each of up to maxPilots equal ranges of its
// order. A run maps them first, so that it knows early what each range takes: grids run from small designs to large
// ones, and the mean of the first candidates would promise an end that comes many times later.
type pilots struct {
	stride int64   // candidates in a range, the last one's may be fewer
	at     []pilot // by range
	seen   int64   // candidates of the last range so far
	rng    *rand.Rand
}

type pilot struct {
	nth, index int64
	place      sweeps.Place
}

// add offers the next candidate of the sweep's order.
func (p *pilots) add(c *sweeps.Candidate) {
	if p.rng == nil {
		p.rng, p.stride = rand.New(rand.NewPCG(1, maxPilots)), 1
	}
	if c.Nth/p.stride >= maxPilots { // ranges pair by pair: each member is as likely as before to be its pilot
		for i := range p.at[:maxPilots/2] {
			p.at[i] = p.at[2*i+p.rng.IntN(2)]
		}
		p.at, p.stride = p.at[:maxPilots/2], 2*p.stride
	}
	x := pilot{c.Nth, c.Index, c.Place}
	if k := c.Nth / p.stride; k == int64(len(p.at)) {
		p.at, p.seen = append(p.at, x), 1
	} else if p.seen++; p.rng.Int64N(p.seen) == 0 {
		p.at[k] = x
	}
}

// order returns the pilots in a random order, so that the first few are spread as well. It is the same in every run.
func (p *pilots) order() []pilot {
	out := make([]pilot, len(p.at))
	for i, k := range rand.New(rand.NewPCG(2, maxPilots)).Perm(len(p.at)) {
		out[i] = p.at[k]
	}
	return out
}

// spread returns up to n pilots from all over the sweep, in the order of order.
func (p *pilots) spread(n int) []pilot {
	few := pilots{at: p.at}
	if len(p.at) > n {
		few.at = nil
		for k := range n {
			few.at = append(few.at, p.at[(2*k+1)*len(p.at)/(2*n)])
		}
	}
	return few.order()
}

// has tells whether a candidate is a pilot.
func (p *pilots) has(nth int64) bool {
	return p.stride > 0 && nth/p.stride < int64(len(p.at)) && p.at[nth/p.stride].nth == nth
}
