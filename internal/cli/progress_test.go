package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tcmdse/dse"
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
