package timeloop

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// within fails a test whose body takes longer than a bound that is far above what the body needs, and far below what it took
// when its time grew with the square, or the power, of the file.
func within(t *testing.T, bound time.Duration, body func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); body() }()
	select {
	case <-done:
	case <-time.After(bound):
		t.Fatalf("no end within %v", bound)
	}
}

// TestHostile reads files that are small and mean a lot of work.
func TestHostile(t *testing.T) {
	const compute = "  - !Component {name: mac, class: intmac}\n"
	var many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&many, "      k%06d: 1\n", i)
	}
	for name, c := range map[string]struct{ text, want string }{
		"names":  {"variables: {a: a+a+a+a+a+a}\narchitecture:\n  nodes:\n  - !Component {name: D, class: DRAM, attributes: {width: a}}\n" + compute, "in.yaml:4:"},
		"keys":   {"architecture:\n  nodes:\n  - !Component\n    name: D\n    class: DRAM\n    attributes:\n" + many.String() + compute, ""},
		"blocks": {strings.Repeat("{% if 1 %}", 30_000) + strings.Repeat("{% endif %}", 30_000), "in.yaml:1: more than 60 blocks"},
	} {
		within(t, 20*time.Second, func() {
			_, err := Read([]File{{Name: "in.yaml", Data: []byte(c.text)}}, Options{})
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s: %v, want %q", name, err, c.want)
			}
		})
	}
}
