package sweeps

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// Shard is one of Of parts of a sweep's candidates, counted from 0. Which part a candidate is in follows from a hash of its
// parameters' exact values alone: it stays the same when axes are listed in another order, get more values or write them in other
// units, on every machine. Parts are about equal, and every candidate is in exactly one. The zero value is the whole sweep.
type Shard struct{ Index, Of int }

// maxShards is more than any scheduler runs, and what file names have room for.
const maxShards = 99_999

// ParseShard reads I/N.
func ParseShard(text string) (Shard, error) {
	a, b, _ := strings.Cut(text, "/")
	i, err := strconv.Atoi(a)
	n, err2 := strconv.Atoi(b)
	if err != nil || err2 != nil || n < 1 || n > maxShards || i < 0 || i >= n {
		return Shard{}, fmt.Errorf("%q is no shard; I/N is, such as 0/4, with 0 <= I < N <= %d", text, maxShards)
	}
	return Shard{i, n}, nil
}

func (h Shard) String() string { return fmt.Sprintf("%d/%d", h.Index, h.Of) }

// Sharded is the sweep with the candidates of one shard only. Their Index is that in the whole sweep.
func (s *Sweep) Sharded(h Shard) *Sweep {
	t := *s
	t.shard, t.rowHash = h, nil
	for _, a := range s.axes {
		var rows []uint64
		for _, row := range a.rows {
			sum := uint64(0)
			for j, c := range row {
				sum += hashOf(a.paths[j] + "=" + c.exact())
			}
			rows = append(rows, sum)
		}
		t.rowHash = append(t.rowHash, rows)
	}
	return &t
}

// Part is the shard that the sweep is limited to; Of is 0 where it is whole.
func (s *Sweep) Part() Shard { return s.shard }

// has tells whether a point is in the shard. Sums do not depend on the order of axes.
func (s *Sweep) has(p *point) bool {
	if s.shard.Of < 2 {
		return true
	}
	sum := uint64(0)
	for a, r := range p.rows {
		sum += s.rowHash[a][r]
	}
	return int(mix(sum)%uint64(s.shard.Of)) == s.shard.Index
}

// hasIncluded is has for a point that is not on the grid.
func (s *Sweep) hasIncluded(in *inclusion) bool {
	return s.shard.Of < 2 || int(hashOf(in.id)%uint64(s.shard.Of)) == s.shard.Index
}

func hashOf(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text)) // never fails
	return mix(h.Sum64())
}
