package dse

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"tcmdse/results"
	"tcmdse/sweeps"
)

// inShards runs every shard into a file of its own and joins them in a random order, one of them twice.
func inShards(t *testing.T, r *rand.Rand, s *sweeps.Sweep, n int, frontOnly bool) *results.Store {
	t.Helper()
	var paths []string
	for i := range n {
		st := store(t, Config{Sweep: s.Sharded(sweeps.Shard{Index: i, Of: n}), Jobs: 1 + i%3, FrontOnly: frontOnly})
		path := filepath.Join(t.TempDir(), "part.db")
		if err := st.Publish(context.Background(), path); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	r.Shuffle(n, func(a, b int) { paths[a], paths[b] = paths[b], paths[a] })
	out, err := results.Open(filepath.Join(t.TempDir(), "all.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	for i, p := range append(paths, paths[0]) {
		all, err := out.Sweeps(context.Background())
		if err != nil || i > 0 && i < n && !all[0].FinishedAt.IsZero() {
			t.Fatalf("finished after %d of %d shards, %v", i, n, err)
		}
		if _, err := out.Merge(context.Background(), p); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestShardsJoined: on random spaces, shards joined in any order are the sweep that one machine ran, to the last bit.
// Front-only shards skip by their own designs and so other candidates; their front is the same.
func TestShardsJoined(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 17))
		s := randomSpace(t, r)
		n := []int{1, 2, 3, 9}[seed]
		one := store(t, Config{Sweep: s, Jobs: 2})
		joined := inShards(t, r, s, n, false)
		same(t, "joined", dump(t, joined, 1), dump(t, one, 1))
		a, err := one.Sweeps(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		b, err := joined.Sweeps(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if len(b) != 1 || b[0].CandidatesTotal != a[0].CandidatesTotal || b[0].FinishedAt.IsZero() || b[0].Config != a[0].Config {
			t.Errorf("seed %d: %d sweeps, %d candidates, finished %v, want %d", seed, len(b), b[0].CandidatesTotal, b[0].FinishedAt, a[0].CandidatesTotal)
		}
		sum, err := Run(context.Background(), Config{Sweep: s, Store: joined})
		if err != nil || !sum.Resumed || sum.Reused != sum.Total {
			t.Errorf("seed %d: the whole sweep in the joined file: %+v, %v", seed, sum, err)
		}
		front := inShards(t, r, s, n, true)
		if got, want := asked(t, front, frontRows), asked(t, one, frontRows); got != want {
			t.Errorf("seed %d: front of %d front-only shards\n%swant\n%s", seed, n, got, want)
		}
	}
}

// TestShardAgain: a shard goes on where it stopped, and counts its own candidates in a file that has others.
func TestShardAgain(t *testing.T) {
	s := randomSpace(t, rand.New(rand.NewPCG(3, 17)))
	st := store(t, Config{Sweep: s.Sharded(sweeps.Shard{Index: 0, Of: 2})})
	total := int64(0)
	for i, run := range []int{1, 1, 0} {
		sum, err := Run(context.Background(), Config{Sweep: s.Sharded(sweeps.Shard{Index: run, Of: 2}), Store: st})
		if err != nil || sum.SweepID != 1 || sum.Done != sum.Total || (i > 0) != (sum.Reused == sum.Total) {
			t.Errorf("run %d: %+v, %v", i, sum, err)
		}
		if i != 1 {
			total += sum.Total
		}
	}
	all, err := st.Sweeps(context.Background())
	if err != nil || len(all) != 1 || all[0].CandidatesTotal != total || all[0].FinishedAt.IsZero() {
		t.Errorf("%+v, %v: two of two shards are the sweep of %d", all, err, total)
	}
}

// TestFingerprint: equal for all shards, another for another sweep, and without building a candidate.
func TestFingerprint(t *testing.T) {
	s := sweep(t)
	of := func(c Config) string {
		f, err := Fingerprint(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	want := of(Config{Sweep: s})
	if got := of(Config{Sweep: s.Sharded(sweeps.Shard{Index: 1, Of: 3}), Jobs: 4}); got != want || len(want) != 64 {
		t.Errorf("%s of a shard, %s of the sweep", got, want)
	}
	if of(Config{Sweep: s, FrontOnly: true}) == want || of(Config{Sweep: set(t, s, "PE.x=8")}) == want {
		t.Error("another sweep has the same fingerprint")
	}
}
