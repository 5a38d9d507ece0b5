package mapper

import "time"

// Stats is the certificate of a search: how large the space is, what was looked at, what pruned the rest, and the
// bound that closes the proof.
type Stats struct {
	Optimal bool    // the search ran to its end: no valid mapping is better (by more than 1e-12 relative)
	Bound   float64 // proved lower bound of the objective; where Optimal, its value. 0 for a front that was cut short
	Gap     float64 // value / Bound - 1: 0 where Optimal
	Root    float64 // the least lower bound before the search began (for a front, of EDP)

	MapspaceLog10  float64 // size of the space of definition.md section 2, log10 of an estimate from below, see mapspace
	Dataplacements float64 // lists of storage nodes in it: choices of kept tensors x orders in each memory
	KeepChoices    int64   // choices of kept tensors
	KeepOpened     int64   // of them, searched
	Templates      int64   // orders of storage nodes of one memory that were opened
	TileShapes     int64   // rows (tilings of one group of variables under one memory) made
	Nodes          int64   // partial choices bounded
	Evaluated      int64   // complete mappings priced
	Pruned         Pruned
	Elapsed        time.Duration
}

// Pruned counts what each rule cut off; each cut may stand for any number of mappings.
type Pruned struct {
	KeepChoices   int64 // choices of kept tensors closed by "level floors" (their root bound)
	Infeasible    int64 // choices of kept tensors that no tiles fit
	RowDominance  int64 // tile shapes dropped
	EqualSpatial  int64 // spatial options equal to another
	IdleInstances int64 // spatial options cut by "idle instances"
	Bound         int64 // partial choices cut by "suffix bounds"
	Capacity      int64 // partial choices that a memory cannot hold
	Labels        int64 // states cut by "label dominance"
}

// certificate completes the statistics of a search that found something.
func (s *search) certificate() Stats {
	c := s.stats
	c.Optimal = !s.partial
	c.Root, c.Bound = s.rootValue, s.best.value
	if s.partial {
		c.Bound = min(s.unproved, s.best.value)
		if s.goal == Front {
			c.Bound = 0
		}
	}
	if c.Bound > 0 && s.goal != Front {
		c.Gap = s.best.value/c.Bound - 1
	}
	if s.seed != nil {
		c.Nodes, c.Evaluated = c.Nodes+s.seed.Search.Nodes, c.Evaluated+s.seed.Search.Evaluated
	}
	for _, l := range s.levels {
		if l != nil {
			c.Pruned.EqualSpatial += l.merged
		}
	}
	c.MapspaceLog10, c.Dataplacements = s.mapspace()
	return c
}
