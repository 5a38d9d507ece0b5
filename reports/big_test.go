package reports

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tcmdse/results"
)

// TestBigReport writes all reports of a sweep of REPORTS_BIG candidates and tells the time and the most memory taken. Is
// REPORTS_BIG_FILE set, the database is kept there, and a second run, which makes none, tells the memory of reports alone.
func TestBigReport(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("REPORTS_BIG"))
	if err != nil {
		t.Skip("REPORTS_BIG is not set")
	}
	ctx, dir, at := context.Background(), t.TempDir(), time.Now()
	lap := func(what string) {
		status, _ := os.ReadFile("/proc/self/status")
		t.Logf("%-6s %6.1f s, so far at most %s kB", what, time.Since(at).Seconds(), regexp.MustCompile(`VmHWM:\s*(\d+)`).FindSubmatch(status))
		at = time.Now()
	}
	path := os.Getenv("REPORTS_BIG_FILE")
	if path == "" {
		path = filepath.Join(dir, "big.db")
	}
	if _, err := os.Stat(path); err != nil {
		makeBig(t, path, n)
		lap("make")
	}
	s, err := results.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d, err := Read(ctx, s, 0)
	if err != nil {
		t.Fatal(err)
	}
	lap("read")
	if w := &d.Workloads[0]; w.all.n != n || len(w.Front) == 0 || len(w.Candidates) > max(maxCandidates, len(w.Front)) {
		t.Errorf("%d of %d candidates read, %d on the front", len(w.Candidates), w.all.n, len(w.Front))
	}
	for _, r := range []struct {
		name  string
		write func(f *os.File) error
	}{
		{"table", func(f *os.File) error { return WriteFrontTable(f, d) }}, {"xlsx", func(f *os.File) error { return WriteXLSX(f, d) }},
		{"html", func(f *os.File) error { return WriteHTML(f, d) }}, {"csv", func(*os.File) error { return WriteCSV(ctx, dir, s, d) }},
	} {
		f, err := os.Create(filepath.Join(dir, r.name))
		if err == nil {
			err = r.write(f)
		}
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		lap(r.name)
	}
}

// makeBig writes a sweep of made-up figures: two layers of three components on each candidate, one in eight infeasible and
// one in four skipped, with reasons; parameters from grids but for one that is drawn anew each time.
func makeBig(t *testing.T, path string, n int) {
	t.Helper()
	ctx := context.Background()
	s, err := results.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sweep := results.Sweep{Name: "big", Arch: "edge", Workloads: []string{"net"}, Objective: "edp", Config: sampleConfig, StartedAt: time.Unix(1e9, 0),
		CandidatesTotal: int64(n), FinishedAt: time.Unix(1e9, 0)}
	id, _, err := s.Begin(ctx, sweep)
	if err != nil {
		t.Fatal(err)
	}
	var batch []results.Candidate
	for i := range n {
		c := sampleCandidate(int64(i), 8<<(i%4), 8<<(i/4%4), 32<<(i/16%4), 3.2*float64(1+i/64%16))
		c.ArchYAML = strings.Repeat("node: value\n", 150)
		c.Params = append(c.Params, results.Param{Path: "clock", Value: float64(i), Text: fmt.Sprintf("%d.5kHz", 200000+i)})
		scatter := 1 + math.Mod(float64(i)*0.6180339887, 1)
		c.AreaMM2 *= scatter
		r := &c.Results[0]
		if r.Workload, c.Results = "net", c.Results[:1]; r.Status == results.OK {
			r.Layers, r.EDPJs = r.Layers[:2], r.EDPJs*math.Mod(float64(i)*0.7548776662, 1)+r.EDPJs/scatter
		}
		switch {
		case i%8 == 0:
			*r = results.WorkloadResult{Workload: "net", Status: results.Infeasible, Reason: fmt.Sprintf("layer l0: GLB holds %d bits", i)}
		case i%4 == 1:
			*r = results.WorkloadResult{Workload: "net", Status: results.Skipped, Reason: fmt.Sprintf("idx %d is no larger and at least as good", i/2), BoundEDPJs: 1e-3}
		}
		if batch = append(batch, c); len(batch) == 1000 || i == n-1 {
			if err := s.Append(ctx, id, batch); err != nil {
				t.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	if err := s.Finish(ctx, id, sweep.FinishedAt); err != nil {
		t.Fatal(err)
	}
}
