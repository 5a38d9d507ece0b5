package sweeps

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"

	"tcmdse/hwmodel"
	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
)

// Setting is one parameter of a candidate.
type Setting struct {
	Path  string
	Text  string
	Value float64 // SI units, sizes in bits; rates per cycle as written; of a word its place on the axis, from 0
}

// Candidate is one architecture of a sweep.
type Candidate struct {
	Index    int64 // in the order of the grid or sample, duplicates and rejected points not counted
	Settings []Setting
	Spec     *hwmodel.Spec
	Arch     *hwmodel.Arch
	Key      string // hash of the architecture's canonical text
}

// Raw returns the number of points of the grid, or of the sample, before `where` and duplicates.
func (s *Sweep) Raw() *big.Int {
	n := s.grid()
	if s.sample.method != "grid" && n.Cmp(big.NewInt(s.sample.count)) > 0 {
		n.SetInt64(s.sample.count)
	}
	return n
}

// grid returns the number of points of the whole grid.
func (s *Sweep) grid() *big.Int {
	n := big.NewInt(1)
	for _, a := range s.axes {
		n.Mul(n, big.NewInt(int64(len(a.rows))))
	}
	return n
}

// Candidates generates the candidates one by one. The sequence ends early with an error where a point does not build,
// or where a rule of `where` lets nothing through.
func (s *Sweep) Candidates() iter.Seq2[Candidate, error] {
	return func(yield func(Candidate, error) bool) {
		for _, c := range s.where {
			c.hits = 0
		}
		seen := map[string]bool{}
		var index int64
		for point, err := range s.points() {
			if err != nil {
				yield(Candidate{}, err)
				return
			}
			c, ok, err := s.build(point)
			if err != nil {
				yield(Candidate{}, err)
				return
			}
			if !ok || seen[c.Key] {
				continue
			}
			seen[c.Key] = true
			c.Index = index
			index++
			if !yield(c, nil) {
				return
			}
		}
		if index == 0 {
			yield(Candidate{}, s.rejected())
		}
	}
}

// rejected says which rule left no candidates.
func (s *Sweep) rejected() error {
	for i, c := range s.where {
		if c.hits == 0 {
			return &yamlsrc.Error{File: s.File, Key: fmt.Sprintf("where[%d]", i), Msg: "this rule rejects every candidate that the rules before it let through", Given: c.text}
		}
	}
	return &yamlsrc.Error{File: s.File, Key: "axes", Msg: "no candidates"}
}

// points yields the indexes of the rows on every axis: the grid with the last axis fastest, or a random sample.
func (s *Sweep) points() iter.Seq2[[]int, error] {
	if s.sample.method != "grid" {
		return s.sampledPoints()
	}
	return func(yield func([]int, error) bool) {
		at := make([]int, len(s.axes))
		for {
			if !yield(at, nil) {
				return
			}
			i := len(at) - 1
			for ; i >= 0; i-- {
				if at[i]++; at[i] < len(s.axes[i].rows) {
					break
				}
				at[i] = 0
			}
			if i < 0 {
				return
			}
		}
	}
}

// sampledPoints draws points of the grid without repetition, at random or along a shifted Sobol sequence, until count of
// them pass `where`, all are drawn, or 1000 draws for each one asked for are spent. The same seed draws the same points
// on every machine. Every point lies on the grid, so each can be built.
func (s *Sweep) sampledPoints() iter.Seq2[[]int, error] {
	return func(yield func([]int, error) bool) {
		r := rand.New(rand.NewPCG(s.sample.seed, 0x5eed))
		drawn := map[string]bool{}
		var found int64
		at := make([]int, len(s.axes))
		shift, x := make([]uint32, len(at)), make([]uint32, len(at))
		for i := range shift {
			shift[i] = r.Uint32()
		}
		var seq *sobol
		if s.sample.method == "sobol" {
			seq = newSobol(shift)
		}
		all := s.grid()
		for tries := int64(0); found < s.sample.count && tries < 1000*s.sample.count; tries++ {
			if all.IsInt64() && int64(len(drawn)) == all.Int64() {
				return
			}
			if seq != nil {
				seq.next(x)
			}
			for i := range at {
				if n := len(s.axes[i].rows); seq != nil {
					at[i] = int(uint64(x[i]) * uint64(n) >> 32)
				} else {
					at[i] = r.IntN(n)
				}
			}
			key := fmt.Sprint(at)
			if drawn[key] {
				continue
			}
			drawn[key] = true
			_, ok, err := s.build(at)
			if err != nil {
				yield(nil, err)
				return
			}
			if ok {
				found++
				if !yield(at, nil) {
					return
				}
			}
		}
	}
}

// build makes the candidate of a point; false where `where` rejects it.
func (s *Sweep) build(point []int) (Candidate, bool, error) {
	c := Candidate{Spec: s.base.Clone()}
	for i, row := range point {
		for j, path := range s.axes[i].paths {
			text := s.axes[i].rows[row][j]
			if err := c.Spec.Set(path, text); err != nil {
				return c, false, err
			}
			c.Settings = append(c.Settings, Setting{Path: path, Text: text, Value: number(text, row)})
		}
	}
	for _, w := range s.where {
		ok, err := w.holds(c.Spec)
		if err != nil {
			return c, false, &yamlsrc.Error{File: s.File, Key: "where", Msg: err.Error()}
		}
		if !ok {
			return c, false, nil
		}
		w.hits++
	}
	var err error
	if c.Arch, err = c.Spec.Build(); err != nil {
		return c, false, s.unbuildable(&c, err)
	}
	sum := sha256.Sum256(c.Spec.YAML())
	c.Key = hex.EncodeToString(sum[:16])
	return c, true, nil
}

// unbuildable says that a point of the sweep is no architecture, in terms of the sweep's file.
func (s *Sweep) unbuildable(c *Candidate, err error) error {
	out := &yamlsrc.Error{File: s.File, Key: "axes", Msg: err.Error(), Given: c.describe()}
	var e *yamlsrc.Error
	if errors.As(err, &e) {
		out.Msg, out.Allowed = e.Key+": "+e.Msg, e.Allowed
		for _, a := range s.axes {
			if slices.Contains(a.paths, e.Key) || len(a.paths) > 0 && strings.HasPrefix(a.paths[0], e.Key+".") {
				out.Key, out.Line = a.key, a.line
			}
		}
	}
	return out
}

func number(text string, row int) float64 {
	q, err := unit.Parse(text)
	switch {
	case text == "unlimited":
		return 0
	case err != nil: // a word such as int8
		return float64(row)
	}
	return q.Float()
}

func (c *Candidate) describe() string {
	var out []string
	for _, s := range c.Settings {
		out = append(out, s.Path+"="+s.Text)
	}
	return strings.Join(out, " ")
}
