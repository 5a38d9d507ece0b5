package hwmodel

import (
	"sync"

	"tcmdse/hwmodel/estimate"
)

// priceCache remembers the answers of the embedded tables: the candidates of a sweep ask the same few questions over
// and over. Answers are shared and never changed. It starts anew when it holds maxPrices, so that its size does not
// follow the sweep's. Safe for concurrent use.
type priceCache struct {
	mu   sync.Mutex
	done map[priceKey]estimate.Cost
}

// maxPrices bounds the cache to a few MB.
const maxPrices = 2048

func newPriceCache() *priceCache { return &priceCache{done: map[priceKey]estimate.Cost{}} }

// priceKey is an estimate.Query but for Dims, which only networks have: those are formulas, quicker computed than found.
type priceKey struct {
	Model                             string
	TechnologyNM, ClockHz             float64
	SizeBits, WidthBits, Banks        int64
	Ports, Cell                       string
	TemperatureK                      float64
	Force                             bool
	Format, Accumulate, Library, Type string
	Channels                          int64
	PitchM                            float64
	Wire                              string
	Activity                          float64
	BusBits                           int64
}

// keyOf copies all fields; a test holds the two types alike.
func keyOf(q estimate.Query) priceKey {
	return priceKey{q.Model, q.TechnologyNM, q.ClockHz, q.SizeBits, q.WidthBits, q.Banks, q.Ports, q.Cell, q.TemperatureK,
		q.Force, q.Format, q.Accumulate, q.Library, q.Type, q.Channels, q.PitchM, q.Wire, q.Activity, q.BusBits}
}

// builtin is estimate.Builtin, asked once for equal queries. Errors are not kept.
func (c *priceCache) builtin(q estimate.Query) (estimate.Cost, error) {
	if q.Dims != nil {
		return estimate.Builtin(q)
	}
	key := keyOf(q)
	c.mu.Lock()
	cost, ok := c.done[key]
	c.mu.Unlock()
	if ok {
		return cost, nil
	}
	cost, err := estimate.Builtin(q)
	if err != nil {
		return cost, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.done) >= maxPrices {
		clear(c.done)
	}
	c.done[key] = cost
	return cost, nil
}
