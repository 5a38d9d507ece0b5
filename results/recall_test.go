package results

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

func workKey(i int) []byte { return fmt.Appendf(nil, "%016x", i) }

// worked is a candidate whose layers have work keys from first and figures with all their digits.
func worked(i int64, first, layers int) Candidate {
	r := rand.New(rand.NewPCG(uint64(i), 7))
	c := sample(i, 1+r.Float64(), r.Float64())
	l := c.Results[0].Layers[0]
	c.Results[0].Layers = nil
	for j := range layers {
		l.Name, l.WorkKey = fmt.Sprint("layer", j), workKey(first+j)
		l.EnergyJ, l.LatencyS, l.MapspaceLog10, l.Seconds = r.Float64()*1e-9, math.Nextafter(1e-6, 1), r.NormFloat64(), r.ExpFloat64()
		l.MappingJSON, l.MappingText = fmt.Sprintf(`{"id":%d}`, first+j), strings.Repeat("for p in 0..7\n", 20)
		l.Components = nil
		for _, name := range []string{"DRAM", "GLB", "RF", "MAC"} {
			k := Component{Name: name, EnergyJ: r.Float64() * 1e-12, LeakageJ: r.Float64() * 1e-15, BusyS: r.Float64(), AreaMM2: r.Float64(),
				Instances: r.Int64N(1 << 40), PeakBits: 0.1 + r.Float64(), SizeBits: r.Int64(), ReadBits: 1 / 3.0, WriteBits: 1e22 / 3}
			if name != "MAC" {
				k.Tensors = []TensorTraffic{{"W", 1e6 * r.Float64(), 1e300, 12}, {"I", 0, 1 << 60, 0.1}, {"O", 7, 9, 64}}
			}
			l.Components = append(l.Components, k)
		}
		c.Results[0].Layers = append(c.Results[0].Layers, l)
	}
	return c
}

// TestRecall: a layer comes back by its work key bit for bit, from any sweep, the first that was stored, to any goroutine.
func TestRecall(t *testing.T) {
	ctx := context.Background()
	s, id, path := create(t)
	var wg sync.WaitGroup
	for i := range int64(8) {
		c := worked(i, int(i)*10, 5)
		if err := s.Append(ctx, id, []Candidate{c}); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			for _, want := range c.Results[0].Layers {
				got, ok, err := s.Recall(ctx, want.WorkKey)
				if err != nil || !ok || !reflect.DeepEqual(got, want) {
					t.Errorf("recalled %v %v\n%+v\n%+v", ok, err, got, want)
				}
			}
		})
	}
	wg.Wait()
	if _, ok, err := s.Recall(ctx, workKey(9)); ok || err != nil {
		t.Errorf("a key that is not there: %v, %v", ok, err)
	}
	other, _, err := s.Begin(ctx, Sweep{Workloads: []string{"net"}, Config: "other"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Append(ctx, other, []Candidate{worked(99, 0, 1)}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if s, err = Open(path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	want := worked(0, 0, 5).Results[0].Layers[0]
	if got, ok, err := s.Recall(ctx, workKey(0)); err != nil || !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("after opening again: %v %v %+v", ok, err, got)
	}
	if _, _, err := s.Recall(ctx, []byte("short")); err == nil {
		t.Error("a key of 5 bytes was taken")
	}
	bad := worked(100, 0, 1)
	bad.Results[0].Layers[0].WorkKey = []byte("short")
	if err := s.Append(ctx, id, []Candidate{bad}); err == nil || !strings.Contains(err.Error(), "work key") {
		t.Error(err)
	}
}

// TestRefusals: the first reason for a work key stays.
func TestRefusals(t *testing.T) {
	ctx := context.Background()
	s, _, _ := create(t)
	defer s.Close()
	for _, reason := range []string{"too small", "other"} {
		if err := s.PutRefusals(ctx, []Refusal{{workKey(1), reason}, {workKey(2), "b"}}); err != nil {
			t.Fatal(err)
		}
	}
	if reason, ok, err := s.Refused(ctx, workKey(1)); reason != "too small" || !ok || err != nil {
		t.Error(reason, ok, err)
	}
	if _, ok, err := s.Refused(ctx, workKey(3)); ok || err != nil {
		t.Error(ok, err)
	}
	if err := s.PutRefusals(ctx, []Refusal{{[]byte("x"), "r"}}); err == nil {
		t.Error("a key of one byte was taken")
	}
}

// TestKeys: keys of 32 hex digits and any others are told apart exactly.
func TestKeys(t *testing.T) {
	ctx := context.Background()
	s, id, _ := create(t)
	defer s.Close()
	var stored, missing []string
	r := rand.New(rand.NewPCG(3, 4))
	var cs []Candidate
	for i := range int64(200) {
		k := fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64())
		missing = append(missing, strings.ToUpper(k)+"A", k[:31], k+"0", fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()), "g"+k[1:])
		if i%10 == 0 {
			k = strings.ToUpper(k[:31]) + "A"
			missing = append(missing, strings.ToLower(k))
		}
		c := sample(i, 1, 1)
		c.Key = k
		stored, cs = append(stored, k), append(cs, c)
	}
	if err := s.Append(ctx, id, cs); err != nil {
		t.Fatal(err)
	}
	done, err := s.Done(ctx, id)
	if err != nil || done.Len() != len(stored) {
		t.Fatalf("%d of %d keys, %v", done.Len(), len(stored), err)
	}
	for _, k := range stored {
		if !done.Has(k) {
			t.Errorf("%s is missing", k)
		}
	}
	for _, k := range missing {
		if done.Has(k) {
			t.Errorf("%s is not stored", k)
		}
	}
	if done.Has("") || (&Keys{}).Has("a") {
		t.Error("an empty key, or a key of an empty set")
	}
}

// TestRuns: every run leaves a row; one that was killed stays open. A sweep that is gone on with changes in nothing.
func TestRuns(t *testing.T) {
	ctx := context.Background()
	s, _, _ := create(t)
	defer s.Close()
	seed := int64(7)
	sw := Sweep{Name: "n", Workloads: []string{"net"}, Config: "x", StartedAt: time.Unix(1e9, 0), Overrides: []string{"PE.x=8"},
		CostTables: map[string]string{"mac": "ab"}, Seed: &seed, Mode: ModeFrontOnly}
	id, _, err := s.Begin(ctx, sw)
	if err != nil {
		t.Fatal(err)
	}
	first := Run{SweepID: id, StartedAt: time.Unix(2e9, 0).UTC(), ToolVersion: "v", Jobs: 4, Command: "tcmdse sweep", HostOS: "linux/amd64"}
	second := first
	if first.ID, err = s.BeginRun(ctx, id, first); err != nil {
		t.Fatal(err)
	}
	if second.ID, err = s.BeginRun(ctx, id, second); err != nil {
		t.Fatal(err)
	}
	second.EndedAt, second.Stored, second.Finished, second.Outcome = time.Unix(2e9+5, 0).UTC(), 3, 9, RunFinished
	if err := s.EndRun(ctx, second.ID, second); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(ctx, id, time.Unix(3e9, 0)); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Runs(ctx, id); err != nil || !reflect.DeepEqual(got, []Run{first, second}) {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.EndRun(ctx, 99, second); err == nil {
		t.Error("a run that never began has ended")
	}
	if _, err := s.BeginRun(ctx, 99, first); err == nil {
		t.Error("a run of no sweep")
	}
	before, err := s.Sweeps(ctx)
	if err != nil || len(before) != 2 || !reflect.DeepEqual(before[1].Seed, &seed) || before[1].Mode != ModeFrontOnly ||
		!reflect.DeepEqual(before[1].CostTables, sw.CostTables) || !reflect.DeepEqual(before[1].Overrides, sw.Overrides) || before[0].Mode != ModeAll || before[0].Seed != nil {
		t.Fatalf("%+v %v", before, err)
	}
	if again, resumed, err := s.Begin(ctx, sw); again != id || !resumed || err != nil {
		t.Error(again, resumed, err)
	}
	s.Retry(ctx, id)
	s.Finish(ctx, id, time.Unix(4e9, 0))
	if after, _ := s.Sweeps(ctx); !reflect.DeepEqual(before, after) {
		t.Errorf("%+v\n%+v", before, after)
	}
	sw.Mode = ""
	if again, resumed, _ := s.Begin(ctx, sw); resumed || again == id {
		t.Error("a sweep of all candidates went on with one of the front only")
	}
	failed := sample(5, 1, 1)
	failed.Results[0] = WorkloadResult{Workload: "net", Status: Failed, Reason: "broken"}
	s.Append(ctx, id, []Candidate{failed})
	if err := s.Retry(ctx, id); err != nil {
		t.Fatal(err)
	}
	if after, _ := s.Sweeps(ctx); !after[1].FinishedAt.IsZero() {
		t.Error("a sweep with candidates to try again counts as finished")
	}
}

// TestSkipped: a skipped candidate is done, off the front, and keeps its bound.
func TestSkipped(t *testing.T) {
	ctx := context.Background()
	s, id, _ := create(t)
	defer s.Close()
	c := sample(1, 2, 5)
	c.Results[0] = WorkloadResult{Workload: "net", Status: Skipped, Reason: "cannot beat 0", BoundEDPJs: 4.5}
	if err := s.Append(ctx, id, []Candidate{sample(0, 1, 4), c}); err != nil {
		t.Fatal(err)
	}
	rows, err := s.Candidates(ctx, id, "net")
	if err != nil || len(rows) != 2 || rows[1].Status != Skipped || rows[1].BoundEDPJs != 4.5 || rows[1].OnFront || rows[0].BoundEDPJs != 0 {
		t.Errorf("%+v %v", rows, err)
	}
	if done, _ := s.Done(ctx, id); !done.Has("k1") {
		t.Error("a skipped candidate is not done")
	}
	if r, err := s.Query(ctx, "SELECT count(bound_edp_js), count(edp_js) FROM candidate"); err != nil || fmt.Sprint(r.Values) != "[[1 1]]" {
		t.Error(r, err)
	}
	c.Results[0].BoundEDPJs = math.Inf(1)
	if err := s.Append(ctx, id, []Candidate{c}); err == nil {
		t.Error("an infinite bound was stored")
	}
}

// BenchmarkRecall looks layers of four components up in a file of 20,000 of them, from all processors.
func BenchmarkRecall(b *testing.B) {
	ctx := context.Background()
	s, err := Open(filepath.Join(b.TempDir(), "r.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	id, _, _ := s.Begin(ctx, Sweep{Config: "c", Workloads: []string{"net"}})
	const candidates, layers = 1000, 20
	for i := range int64(candidates) {
		if err := s.Append(ctx, id, []Candidate{worked(i, int(i)*layers, layers)}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, ok, err := s.Recall(ctx, workKey(rand.IntN(candidates*layers))); !ok || err != nil {
				b.Error(ok, err)
			}
		}
	})
}
