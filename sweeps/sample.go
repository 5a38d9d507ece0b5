package sweeps

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"

	"tcmdse/internal/yamlsrc"
)

// sampling tells which points of the grid are candidates.
type sampling struct {
	method string // "grid", "random", "sobol" or "lhs"
	count  int64
	seed   uint64
}

// What a sample may ask for. A random one remembers nothing; the others remember which points they drew.
const (
	maxRandom = 1_000_000_000
	maxSobol  = 2_000_000
	maxLatin  = 1_000_000
)

// A sample ends when this many points were drawn for each one asked for, or this many in a row without finding one.
const (
	drawsEach   = 1000
	drawsBarren = 10_000_000
)

// smallGrid is up to where a sample marks each point of the grid that it drew, so that it ends when all are.
const smallGrid = 1 << 24

func (s *Sweep) readSample(v yamlsrc.Value) {
	s.sample.method = "grid"
	if !v.Present() {
		return
	}
	v.Only("method", "count", "seed")
	s.sample.method = v.Need("method").Str()
	most := map[string]int64{"random": maxRandom, "sobol": maxSobol, "lhs": maxLatin}[s.sample.method]
	switch {
	case s.sample.method == "grid":
		for _, k := range []string{"count", "seed"} {
			if x := v.Get(k); x.Present() {
				x.Fail("a grid takes every point", "a method: random, sobol, lhs")
			}
		}
	case most == 0:
		v.Get("method").Fail("unknown way to sample", "grid, random, sobol, lhs (all but grid with count and seed)")
	default:
		if s.sample.count = v.Need("count").Int(1); s.sample.count > most {
			v.Get("count").Fail("too many candidates for one sample", fmt.Sprintf("1 to %d for %s", most, s.sample.method))
		}
		s.sample.seed = uint64(v.Need("seed").Int(0))
		if s.sample.method == "sobol" && len(s.axes) > sobolDimensions {
			v.Get("method").Fail(fmt.Sprintf("a Sobol sample of %d axes", len(s.axes)), fmt.Sprintf("at most %d", sobolDimensions))
		}
		if s.grid().BitLen() > maxGridBits {
			v.Fail(fmt.Sprintf("a sample of a grid of %v points", s.grid()), fmt.Sprintf("grids below 2^%d", maxGridBits))
		}
	}
}

// sampleRun draws points of the grid, none twice, until count of them pass, all are drawn, or the limits above are met.
// The same seed draws the same points on every machine. Every point lies on the grid, so each can be built.
type sampleRun struct {
	s     *Sweep
	log   *log
	p     *point
	visit func(*point) bool
	tick  func() error

	found, draws, barren int64
}

// errEnough ends a run.
var errEnough = errors.New("enough")

func (s *Sweep) newSampleRun(l *log, visit func(*point) bool) *sampleRun {
	return &sampleRun{s: s, log: l, p: s.newPoint(), visit: visit}
}

func (r *sampleRun) run() error {
	all := r.s.grid()
	var err error
	switch {
	case r.s.sample.method == "random", all.Cmp(big.NewInt(r.s.sample.count)) <= 0 && r.s.sample.method == "lhs":
		err = r.random(indexFrom(all))
	case r.s.sample.method == "sobol":
		err = r.sobol(newDrawn(all))
	default:
		err = r.latin(newDrawn(all))
	}
	if err == errEnough {
		return nil
	}
	return err
}

// try evaluates the rules at r.p and hands on what they let through.
func (r *sampleRun) try() (bool, error) {
	if r.tick != nil {
		if err := r.tick(); err != nil {
			return false, err
		}
	}
	r.p.moved()
	ok, err := r.s.admits(r.p, r.log)
	if err != nil {
		return false, err
	}
	if ok {
		r.found, r.barren = r.found+1, 0
		if !r.visit(r.p) || r.found == r.s.sample.count {
			return true, errEnough
		}
	}
	return ok, nil
}

// draw counts a draw.
func (r *sampleRun) draw() error {
	r.draws++
	if r.barren++; r.barren > drawsBarren || r.draws > drawsEach*r.s.sample.count {
		return errEnough
	}
	return nil
}

// random takes the points in the order of a permutation of the grid.
func (r *sampleRun) random(all index) error {
	perm := newPermutation(all, r.s.sample.seed)
	for i := (index{}); i.less(all); i.lo++ { // draws end it long before lo is full
		if err := r.draw(); err != nil {
			return err
		}
		r.s.rowsOf(perm.at(i), r.p.rows)
		if _, err := r.try(); err != nil {
			return err
		}
	}
	return nil
}

// sobol takes the points of the grid on which a Sobol sequence, shifted by the seed, falls.
func (r *sampleRun) sobol(drawn *drawn) error {
	rng := rand.New(rand.NewPCG(r.s.sample.seed, 0x5eed))
	x := make([]uint32, len(r.s.axes))
	for i := range x {
		x[i] = rng.Uint32()
	}
	seq := newSobol(x)
	for !drawn.full() {
		if err := r.draw(); err != nil {
			return err
		}
		seq.next(x)
		for i := range x {
			r.p.rows[i] = int(uint64(x[i]) * uint64(len(r.s.axes[i].rows)) >> 32)
		}
		at := r.s.indexOf(r.p.rows)
		if drawn.has(at) {
			continue
		}
		ok, err := r.try()
		if err != nil {
			return err
		}
		drawn.add(at, ok)
	}
	return nil
}

// drawn remembers points of the grid: all that were drawn where the grid is small, else those that passed.
type drawn struct {
	bits []uint64
	left int64
	set  map[index]struct{}
}

func newDrawn(all *big.Int) *drawn {
	if all.Cmp(big.NewInt(smallGrid)) <= 0 {
		return &drawn{bits: make([]uint64, all.Int64()/64+1), left: all.Int64()}
	}
	return &drawn{set: map[index]struct{}{}}
}

func (d *drawn) full() bool { return d.bits != nil && d.left == 0 }

func (d *drawn) has(i index) bool {
	if d.bits != nil {
		return d.bits[i.lo/64]>>(i.lo%64)&1 != 0
	}
	_, ok := d.set[i]
	return ok
}

func (d *drawn) add(i index, passed bool) {
	switch {
	case d.bits != nil:
		d.bits[i.lo/64] |= 1 << (i.lo % 64)
		d.left--
	case passed:
		d.set[i] = struct{}{}
	}
}

// Seed returns the seed of the sample, nil where nothing is drawn.
func (s *Sweep) Seed() *int64 {
	if s.sample.method == "grid" {
		return nil
	}
	seed := int64(s.sample.seed)
	return &seed
}
