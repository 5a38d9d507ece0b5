package dse

import (
	"context"
	"path/filepath"
	"testing"

	"tcmdse/results"
	"tcmdse/sweeps"
)

// BenchmarkSweep maps 1,000 candidates x ResNet-18, and finds the front of 10,000 of them, each in a fresh database
// (docs/performance.md). An operation is a whole sweep: run it with -benchtime 1x.
func BenchmarkSweep(b *testing.B) {
	for _, c := range []struct {
		name, file string
		frontOnly  bool
	}{{"thousand", "testdata/thousand.yaml", false}, {"front of ten thousand", "testdata/ten-thousand.yaml", true}} {
		b.Run(c.name, func(b *testing.B) {
			s, err := sweeps.Load(c.file, nil)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				store, err := results.Open(filepath.Join(b.TempDir(), "r.db"))
				if err != nil {
					b.Fatal(err)
				}
				sum, err := Run(context.Background(), Config{Sweep: s, Store: store, Jobs: 2, FrontOnly: c.frontOnly})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(sum.Mapped), "layers-mapped")
				b.ReportMetric(float64(sum.Skipped), "skipped")
				if err := store.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
