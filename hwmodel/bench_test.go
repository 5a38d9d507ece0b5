package hwmodel

import "testing"

// BenchmarkCandidate is what a sweep does for each candidate before it maps: clone, set two fields, build.
func BenchmarkCandidate(b *testing.B) {
	s, err := Open("eyeriss", "")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		c := s.Clone()
		for _, kv := range [][2]string{{"GLB.size", "64KiB"}, {"PE.x", "7"}} {
			if err := c.Set(kv[0], kv[1]); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := c.Build(); err != nil {
			b.Fatal(err)
		}
	}
}
