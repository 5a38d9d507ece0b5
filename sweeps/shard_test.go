package sweeps

import (
	"context"
	"fmt"
	"slices"
	"testing"
)

// where every architecture of a sweep is: its key to shard and place in the sweep's order.
func shardsOf(t *testing.T, s *Sweep, n int) map[string]string {
	t.Helper()
	out := map[string]string{}
	for i := range n {
		nth := int64(0)
		for c, err := range s.Sharded(Shard{i, n}).Candidates() {
			if err != nil {
				t.Fatal(err)
			}
			if was, twice := out[c.Key]; twice {
				t.Fatalf("%s is in %s and in %d", c.describe(), was, i)
			}
			if c.Nth != nth {
				t.Errorf("candidate %d of shard %d counts %d", nth, i, c.Nth)
			}
			nth++
			out[c.Key] = fmt.Sprintf("%d %d", i, c.Index)
			if again, err := s.Sharded(Shard{i, n}).At(c.Place); err != nil || again.Key != c.Key {
				t.Errorf("%s: made again it is %v, %v", c.describe(), again.describe(), err)
			}
		}
	}
	return out
}

// TestShards: every candidate is in one shard, with its place in the whole sweep, and shards are about equal.
func TestShards(t *testing.T) {
	const axes = "axes: [{path: PE.x, range: {from: 1, to: 20, step: 1}}, {zip: [{path: PE.y, values: [1, 2, 3]}, {path: GLB.width, values: [8b, 16b, 32b]}]}, {path: GLB.size, pow2: [32KiB, 1MiB]}]\n"
	for name, body := range map[string]string{
		"grid":    axes,
		"rules":   axes + "where: ['PE.x * PE.y <= 40']\nexclude: [{PE.x: 3}]\n",
		"include": axes + "include: [{PE.x: 12, PE.y: 14}, {PE.x: 3, PE.y: 2, GLB.width: 16b, GLB.size: 64KiB}, {GLB.size: 100KiB}]\n",
		"random":  axes + "sample: {method: random, count: 200, seed: 3}\n",
		"sobol":   axes + "sample: {method: sobol, count: 200, seed: 3}\n",
		"one":     "axes: [{path: PE.x, values: [8]}]\n",
	} {
		t.Run(name, func(t *testing.T) {
			s, err := parse(t, body)
			if err != nil {
				t.Fatal(err)
			}
			whole := map[string]int64{}
			for c, err := range s.Candidates() {
				if err != nil {
					t.Fatal(err)
				}
				whole[c.Key] = c.Index
			}
			if total, err := s.Sharded(Shard{1, 7}).Total(context.Background()); err != nil || total != int64(len(whole)) {
				t.Errorf("a shard's sweep has %d candidates, want %d, %v", total, len(whole), err)
			}
			for _, n := range []int{1, 2, 7} {
				got, sizes := shardsOf(t, s, n), make([]int, n)
				if len(got) != len(whole) {
					t.Errorf("%d shards have %d candidates, want %d", n, len(got), len(whole))
				}
				for key, at := range got {
					var i int
					var index int64
					fmt.Sscan(at, &i, &index)
					sizes[i]++
					if index != whole[key] {
						t.Fatalf("index %d in a shard, %d in the sweep", index, whole[key])
					}
				}
				if mean := len(whole) / n; len(whole) >= 200 && (slices.Min(sizes) < mean*6/10 || slices.Max(sizes) > mean*14/10) {
					t.Errorf("%d shards of %v", n, sizes)
				}
			}
		})
	}
}

// TestShardsStay: a candidate stays in its shard when axes are reordered, get more values, or write them in other units.
func TestShardsStay(t *testing.T) {
	load := func(body string) map[string]string {
		s, err := parse(t, body)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for key, at := range shardsOf(t, s, 5) {
			out[key] = at[:1]
		}
		return out
	}
	want := load("axes: [{path: PE.x, values: [4, 8, 16]}, {path: GLB.size, values: [64KiB, 128KiB, 256KiB]}, {path: PE.y, values: [2, 4, 6, 8]}]")
	used := map[string]bool{}
	for _, at := range want {
		used[at] = true
	}
	if len(used) != 5 {
		t.Fatalf("36 candidates in %d shards of 5", len(used))
	}
	for name, body := range map[string]string{
		"reordered":   "axes: [{path: PE.y, values: [8, 6, 4, 2]}, {path: PE.x, values: [4, 8, 16]}, {path: GLB.size, values: [64KiB, 128KiB, 256KiB]}]",
		"more values": "axes: [{path: PE.x, values: [2, 4, 8, 12, 16]}, {path: GLB.size, values: [32KiB, 64KiB, 128KiB, 256KiB]}, {path: PE.y, values: [2, 4, 6, 8, 10]}]",
		"other units": "axes: [{path: PE.x, values: [4, 8, 16]}, {path: GLB.size, values: [65536B, 0.125MiB, 256KiB]}, {path: PE.y, values: [2, 4, 6, 8]}]",
		"a sample":    "axes: [{path: PE.x, values: [4, 8, 16]}, {path: GLB.size, values: [64KiB, 128KiB, 256KiB]}, {path: PE.y, values: [2, 4, 6, 8]}]\nsample: {method: random, count: 36, seed: 1}",
	} {
		got, same := load(body), 0
		for key, at := range want {
			if there, ok := got[key]; ok {
				same++
				if there != at {
					t.Errorf("%s: a candidate moved from shard %s to %s", name, at, there)
				}
			}
		}
		if same != len(want) {
			t.Errorf("%s: %d of %d candidates are there", name, same, len(want))
		}
	}
}

func TestParseShard(t *testing.T) {
	for _, bad := range []string{"", "1", "1/", "/2", "2/2", "-1/2", "0/0", "0/100000", "a/b", "1/2/3", "0.5/2", " 0/2"} {
		if h, err := ParseShard(bad); err == nil {
			t.Errorf("%q is %v", bad, h)
		}
	}
	if h, err := ParseShard("3/64"); err != nil || h != (Shard{3, 64}) || h.String() != "3/64" {
		t.Errorf("%v, %v", h, err)
	}
}
