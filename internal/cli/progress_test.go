package cli

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tcmdse/dse"
	"tcmdse/results"
	"tcmdse/sweeps"
)

// TestCut: a line never fills the terminal's width, loses whole parts from the end, and keeps what matters most.
func TestCut(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&env{err: &b}, false)
	p.terminal = true // of 80 columns, as b has none
	p.show(dse.Progress{Total: 1_000_000, Done: 11272, Reused: 7800, Infeasible: 12, Skipped: 3, Equal: 400_000, Recalled: 70, BestEDPJs: 1.234e-5, ETA: 8063 * time.Second})
	if got, want := b.String(), "\r11272 of 1000000 candidates, about 2h14m23s left, least EDP 1.23e-05 Js"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for _, c := range []struct {
		line    string
		columns int
		want    string
	}{{"abc, def", 9, "abc, def"}, {"abc, def", 8, "abc"}, {"abc, def", 3, "ab"}, {"abc", 0, ""}, {"", 5, ""}} {
		if got := cut(c.line, c.columns); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.line, c.columns, got, c.want)
		}
	}
}

// TestAnnounce: a sweep of a million points or more says so before it counts them, a smaller one does not.
func TestAnnounce(t *testing.T) {
	for count, want := range map[string]string{"1000": "1000000 points as written: counting them takes about 60 s", "999": ""} {
		s, err := sweeps.Parse([]byte("name: s\narch: eyeriss\nworkloads: [resnet18]\naxes:\n"+
			"  - {path: PE.x, linspace: {from: 1, to: "+count+", count: "+count+"}}\n  - {path: PE.y, linspace: {from: 1, to: 1000, count: 1000}}\n"), "s.yaml", ".", nil)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if announce(&b, s); !strings.HasPrefix(b.String(), want) || want == "" && b.Len() > 0 {
			t.Errorf("%s: %q, want %q", count, b.String(), want)
		}
	}
}

// TestNotGoneOnWith: a new sweep beside an unfinished one of its name says so; beside a finished one, or gone on with,
// it does not.
func TestNotGoneOnWith(t *testing.T) {
	files(t, map[string]string{"s.yaml": "name: s\narch: eyeriss\nworkloads: [net.yaml]\naxes: [{path: PE.x, values: [2, 4]}]\n",
		"net.yaml": "name: net\nlayers: [{name: a, matmul: {M: 4, K: 8, N: 4}}]\n"})
	s, err := results.Open("o/results.db")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Begin(t.Context(), results.Sweep{Name: "s", Config: "another", StartedAt: time.Unix(1e9, 0)}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	for i, want := range []bool{true, false} {
		if status, _, errs := call(t, "sweep", "s.yaml", "--out", "o"); status != 0 || strings.Contains(errs, "this is sweep 2 of o/results.db; sweep 1 of the same name is unfinished") != want {
			t.Errorf("run %d: exit %d, %s", i+1, status, errs)
		}
	}
	for _, out := range []string{"p", "p"} {
		args := []string{"sweep", "s.yaml", "--out", out, "--set", "PE.y=2"}
		if status, _, errs := call(t, args...); status != 0 || strings.Contains(errs, "unfinished") {
			t.Errorf("exit %d, %s", status, errs)
		}
	}
}

// TestClearAway: half-written files of a killed run go when they are old, others stay.
func TestClearAway(t *testing.T) {
	dir := t.TempDir()
	for name, age := range map[string]time.Duration{".tcmdse-1": 2 * time.Hour, ".tcmdse-2": time.Minute, "report.xlsx": 2 * time.Hour} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, nil, 0o644), os.Chtimes(path, time.Time{}, time.Now().Add(-age))); err != nil {
			t.Fatal(err)
		}
	}
	clearAway(dir)
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	hidden, _ := filepath.Glob(filepath.Join(dir, ".t*"))
	if err != nil || len(left) != 2 || len(hidden) != 1 || filepath.Base(hidden[0]) != ".tcmdse-2" {
		t.Errorf("left: %v %v", left, hidden)
	}
}
