package mapper

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tcmdse/hwmodel"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
)

// Mapper maps Einsums as Optimal does and keeps, between calls, what its searches prepare and what depends on the
// Einsum alone, or on the Einsum and the sizes of the arrays: the groups of variables, the rows of every order of
// storage nodes, the ways to spread loops. Over a sweep of capacities, rates and energies that is half of the work.
//
// The zero value is ready. A Mapper may be used from several goroutines; what a call returns does not depend on the
// calls before it, but for the time it took and, where tables outgrow their limit, how many rows it counts.
type Mapper struct {
	mu   sync.Mutex
	free map[string][]*prepared // by shape: not in use by a search just now
	kept int                    // numbers of 8 bytes in free, about
}

// keptNumbers bounds what a Mapper keeps between calls, in numbers of 8 bytes: 256 MiB. Prepared parts that would
// exceed it are dropped rather than others in their place: a sweep comes back to the same layers in turn.
const keptNumbers = 1 << 25

// rowNumbers and fillSetNumbers are about what a row takes, and a fill set beside its entries.
const (
	rowNumbers     = 25
	fillSetNumbers = 30
)

// prepared is what a search prepares and a later one of the same Einsum can use. One search uses it at a time.
type prepared struct {
	space  *space
	tables map[orderKey]*tableSet
	rows   int                // in tables
	orders map[uint32][][]int // by mask: the orders of its tensors
	spread map[string]*spatialLevel
	uses   int64 // searches that had it

	fills       map[fillKey]*fillSet
	fillNumbers int // that fills take, about
}

// keptFills bounds the numbers that the fill sets kept in one prepared part take: 8 MiB.
const keptFills = 1 << 20

// numbers is about what the parts take, in numbers of 8 bytes.
func (x *prepared) numbers() int { return x.rows*rowNumbers + x.fillNumbers }

// keptSpreads bounds the spatial levels kept in one prepared part.
const keptSpreads = 64

func newPrepared(ctx context.Context, p *model.Problem, r rules, imperfect bool) (*prepared, error) {
	if len(p.Tensors) > maxTensors {
		return nil, fmt.Errorf("mapper: an Einsum of %d tensors; at most %d can be mapped", len(p.Tensors), maxTensors)
	}
	sp, err := newSpace(ctx, p, r, imperfect)
	if err != nil {
		return nil, err
	}
	return &prepared{space: sp, tables: make(map[orderKey]*tableSet), orders: make(map[uint32][][]int), spread: make(map[string]*spatialLevel), fills: make(map[fillKey]*fillSet), uses: 1}, nil
}

// Optimal is the function Optimal, with what was prepared before.
func (m *Mapper) Optimal(ctx context.Context, arch *hwmodel.Arch, einsum *workload.Einsum, o Options) (*Result, error) {
	if o.Imperfect { // tables of remainders depend on the architecture too
		return Optimal(ctx, arch, einsum, o)
	}
	start := time.Now()
	var r *Result
	err := m.with(ctx, arch, einsum, o, func(s *search) (err error) {
		r, err = s.run(arch, einsum)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.Search.Elapsed = time.Since(start)
	return r, nil
}

// with calls f with a search on prepared parts, which are kept afterwards.
func (m *Mapper) with(ctx context.Context, arch *hwmodel.Arch, einsum *workload.Einsum, o Options, f func(*search) error) error {
	p, err := compile(arch, einsum)
	if err != nil {
		return err
	}
	key := einsum.ShapeKey()
	parts := m.take(ctx, key)
	if parts == nil {
		if parts, err = newPrepared(ctx, p, soundRules(), false); err != nil {
			return err
		}
	}
	s, err := newSearch(ctx, p, arch, o, parts)
	if err == nil {
		err = f(s)
	}
	m.give(key, parts)
	return err
}

func (m *Mapper) take(ctx context.Context, key string) *prepared {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.free[key])
	if n == 0 {
		return nil
	}
	x := m.free[key][n-1]
	m.free[key] = m.free[key][:n-1]
	m.kept -= x.numbers()
	x.uses++
	if x.fillNumbers > keptFills { // never during a search, whose node count would then depend on what was kept
		clear(x.fills)
		x.fillNumbers = 0
	}
	x.space.ctx, x.space.steps, x.space.check = ctx, 0, 0
	return x
}

// give keeps prepared parts for the next search, unless an error may have left tables half built.
func (m *Mapper) give(key string, x *prepared) {
	if x.space.err != nil {
		return
	}
	x.space.ctx = nil
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept+x.numbers() > keptNumbers {
		return
	}
	if m.free == nil {
		m.free = make(map[string][]*prepared)
	}
	m.free[key] = append(m.free[key], x)
	m.kept += x.numbers()
}

// spatial returns the options of the arrays of one gap, from an earlier search where its arrays were the same.
func (x *prepared) spatial(nodes []int, arch *hwmodel.Arch) *spatialLevel {
	if x.space.imperfect { // shares of remainders depend on all arrays
		return x.space.spatialOptions(nodes, arch)
	}
	key := ""
	for _, n := range nodes {
		key += fmt.Sprintf("%d%#v", n, arch.Nodes[n].Dims)
	}
	l := x.spread[key]
	if l == nil {
		if l = x.space.spatialOptions(nodes, arch); x.space.err != nil {
			return l
		}
		if len(x.spread) == keptSpreads {
			clear(x.spread)
		}
		x.spread[key] = l
	}
	return l
}
