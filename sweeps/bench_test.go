package sweeps

import "testing"

// BenchmarkAccepted is the cost of a candidate that is built, on the embedded eyeriss.
func BenchmarkAccepted(b *testing.B) {
	s, err := Parse([]byte(benchmarkSweep+"where: ['PE.x * PE.y <= 100000']\n"), "s.yaml", ".", nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	n := 0
	for n < b.N {
		for _, err := range s.Candidates() {
			if err != nil {
				b.Fatal(err)
			}
			if n++; n >= b.N {
				break
			}
		}
	}
}

// BenchmarkRejected is the cost of a point that `where` rejects at its last axis.
func BenchmarkRejected(b *testing.B) {
	s, err := Parse([]byte(benchmarkSweep+"where: ['PE.x * PE.y * GLB.banks * (DRAM.bandwidth / 1GB/s) < 1']\n"), "s.yaml", ".", nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	const points = 20 * 20 * 10 * 3 * 4
	for n := 0; n < b.N; n += points {
		for _, err := range s.Candidates() {
			if err == nil {
				b.Fatal("a candidate")
			}
		}
	}
}

const benchmarkSweep = `name: s
arch: eyeriss
workloads: [resnet18]
axes:
  - {path: PE.x, range: {from: 1, to: 20, step: 1}}
  - {path: PE.y, range: {from: 1, to: 20, step: 1}}
  - {path: GLB.size, linspace: {from: 64KiB, to: 640KiB, count: 10}}
  - {path: GLB.banks, values: [1, 2, 4]}
  - {path: DRAM.bandwidth, range: {from: 1GB/s, to: 4GB/s, step: 1GB/s}}
`
