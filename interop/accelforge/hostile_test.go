package accelforge

import (
	"strings"
	"testing"
	"time"
)

// TestHostile reads files that are small and mean a lot of work: names inside names, and Einsums that each ask of all others.
func TestHostile(t *testing.T) {
	for name, text := range map[string]string{
		"names":   "variables: {a: a+a+a+a+a+a}\narch:\n  nodes:\n  - !Memory {name: D, size: a}\n  - !Compute {name: mac}\n",
		"einsums": "workload:\n  rank_sizes: {M: 8}\n  einsums:\n" + strings.Repeat("  - B[m] = A[m]\n", 20_000),
	} {
		done := make(chan error, 1)
		go func() {
			_, err := Read([]File{{Name: "in.yaml", Data: []byte(text)}}, Options{})
			done <- err
		}()
		select {
		case err := <-done:
			if (name == "names") != (err != nil) {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: no end within 20 s", name)
		}
	}
}
