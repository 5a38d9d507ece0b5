package reports

import (
	"cmp"
	"slices"

	"tcmdse/internal/compensated"
	"tcmdse/results"
)

// limit is what holds a design back on one network, as far as its optimal mappings tell.
type limit struct {
	time         string  // the component that is the bottleneck of layers for longest
	timeShare    float64 // of the network's latency: 0..1
	compute      bool    // time is the compute unit, not the bandwidth of a memory
	energy       string  // the component that takes most energy, leakage included
	energyShare  float64
	full         string  // the memory of bounded size that is fullest, by the time that layers spend with it nine tenths full or more
	fullShare    float64 // that time's share of the network's latency
	leakageShare float64 // of the network's energy
}

// nearlyFull is the part of a memory's size in use from which on its size is told as a limit: what is left is little to
// make a tile larger with. It is a choice of this report; the exact fills are on sheet Components.
const nearlyFull = 0.9

// timeText says what bounds the time: "compute (MAC)", "bandwidth of DRAM".
func (l *limit) timeText() string {
	switch {
	case l.time == "":
		return ""
	case l.compute:
		return "compute (" + l.time + ")"
	}
	return "bandwidth of " + l.time
}

func (l *limit) bottleneck() any {
	if l == nil {
		return nil
	}
	return l.time
}

func limitHeader() []string {
	return []string{"bottleneck_share", "most_energy", "most_energy_share", "leakage_share", "nearly_full", "nearly_full_share"}
}

// cells are the columns of limitHeader.
func (l *limit) cells() []any {
	switch {
	case l == nil:
		return make([]any, len(limitHeader()))
	case l.full == "":
		return []any{l.timeShare, l.energy, l.energyShare, l.leakageShare, nil, nil}
	}
	return []any{l.timeShare, l.energy, l.energyShare, l.leakageShare, l.full, l.fullShare}
}

// claims is what the parts of one design have of its time, its energy and its memories, by component.
type claims struct {
	limiting, energy, full compensated.ByName // seconds that it is the bottleneck; joules; seconds that it is nearly full
	leakage                compensated.Sum
	memories               map[string]bool
}

// limits finds what limits each design of the front that has its layers here, by candidate_id.
func (w *Workload) limits() map[int64]*limit {
	out, of := map[int64]*limit{}, w.claims()
	for _, i := range w.Front {
		c := &w.Candidates[i]
		if s, ok := of[c.ID]; ok {
			out[c.ID] = s.limit(c)
		}
	}
	return out
}

// claims sums up layers and components of the front's designs, by candidate_id.
func (w *Workload) claims() map[int64]*claims {
	of, front := map[int64]*claims{}, w.frontIDs()
	at := func(id int64) *claims {
		if of[id] == nil {
			of[id] = &claims{limiting: compensated.ByName{}, energy: compensated.ByName{}, full: compensated.ByName{}, memories: map[string]bool{}}
		}
		return of[id]
	}
	latency := map[layerOf]float64{}
	for i := range w.Layers {
		l := &w.Layers[i]
		if !front[l.CandidateID] {
			continue
		}
		all := l.LatencyS * float64(l.Count)
		at(l.CandidateID).limiting.Add(l.Bottleneck, all)
		latency[layerOf{l.CandidateID, l.Name}] = all
	}
	for i := range w.Components {
		k := &w.Components[i]
		if !front[k.CandidateID] {
			continue
		}
		s := at(k.CandidateID)
		s.energy.Add(k.Name, (k.EnergyJ+k.LeakageJ)*float64(k.Count))
		s.leakage.Add(k.LeakageJ * float64(k.Count))
		if k.SizeBits > 0 || k.PeakBits > 0 { // the compute unit keeps nothing, and networks of arrays are never busy
			s.memories[k.Name] = true
		}
		if k.SizeBits > 0 && k.PeakBits >= nearlyFull*float64(k.SizeBits) {
			s.full.Add(k.Name, latency[layerOf{k.CandidateID, k.Layer}])
		}
	}
	return of
}

// limit picks the largest claims on a design.
func (s *claims) limit(c *results.CandidateRow) *limit {
	l := &limit{}
	var most float64
	l.time, most = largest(s.limiting)
	l.timeShare = share(most, c.LatencyS)
	l.compute = !s.memories[l.time]
	l.energy, most = largest(s.energy)
	l.energyShare = share(most, c.EnergyJ)
	l.full, most = largest(s.full)
	l.fullShare = share(most, c.LatencyS)
	l.leakageShare = share(s.leakage.Value(), c.EnergyJ)
	return l
}

// largest returns the name of the largest value, the first by name of equal ones; "" where none is above zero.
func largest(of compensated.ByName) (name string, most float64) {
	for n, sum := range of {
		v := sum.Value()
		if v > most || v == most && v > 0 && n < name {
			name, most = n, v
		}
	}
	return name, most
}

// share is a part of a whole, 0..1; 0 where there is no whole.
func share(part, whole float64) float64 { return percent(part, whole) / 100 }

// budget is the best design for what a chip may take.
type budget struct {
	mm2 float64
	at  int // in the front
}

// budgets lists the best design for each area of 1, 2, 5, 10, ... mm2: from the first that any design fits to the first that the
// whole front fits, beyond which area buys nothing. It is what view best_per_budget lists, for fronts the view does not know too.
func (w *Workload) budgets() []budget {
	var ladder []float64
	for e := -2.0; e <= 4; e++ {
		for _, m := range []float64{1, 2, 5} {
			ladder = append(ladder, m*power(e))
		}
	}
	ladder = append(ladder, 1e5)
	var out []budget
	for k, at := range w.Front {
		area, last := w.Candidates[at].AreaMM2, k == len(w.Front)-1
		for i, b := range ladder {
			below := 0.0
			if i > 0 {
				below = ladder[i-1]
			}
			switch {
			case b < area:
			case last && (below < area || below == 0), !last && b < w.Candidates[w.Front[k+1]].AreaMM2:
				out = append(out, budget{b, k})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b budget) int { return cmp.Compare(a.mm2, b.mm2) })
	return out
}
