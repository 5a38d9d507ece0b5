package mapper

import (
	"slices"
	"testing"
	"time"

	"tcmdse/mapper/workload"
)

// BenchmarkReference times the 17 layers of testdata/reference/bench.yaml on the reference architectures, preparation
// included, on one core (run it with -cpu 1). An operation is all 17 layers; median and worst are over layers, each
// the mean over operations. nodes/op is the count of partial choices bounded, the same on every machine.
func BenchmarkReference(b *testing.B) {
	net, err := workload.Open("testdata/reference/bench.yaml", "")
	if err != nil {
		b.Fatal(err)
	}
	for _, archName := range []string{"two-level", "three-level", "three-scratchpads", "three-level-free", "four-level"} {
		for _, o := range []Objective{EDP, Energy, Latency} {
			b.Run(archName+"/"+o.String(), func(b *testing.B) { benchLayers(b, archName, net, Options{Objective: o}) })
		}
	}
}

func benchLayers(b *testing.B, archName string, net *workload.Network, o Options) {
	arch, _ := reference(b, archName+".yaml", "mm4096")
	spent := make([]time.Duration, len(net.Layers))
	var nodes int64
	for b.Loop() {
		nodes = 0
		for i := range net.Layers {
			r, err := Optimal(b.Context(), arch, &net.Layers[i].Einsum, o)
			if err != nil {
				b.Fatal(err)
			}
			spent[i] += r.Search.Elapsed
			nodes += r.Search.Nodes
		}
	}
	worst := 0
	for i := range spent {
		b.Logf("%-16s %8.2f ms", net.Layers[i].Name, spent[i].Seconds()*1e3/float64(b.N))
		if spent[i] > spent[worst] {
			worst = i
		}
	}
	slices.Sort(spent)
	b.ReportMetric(spent[len(spent)/2].Seconds()*1e3/float64(b.N), "median-ms")
	b.ReportMetric(spent[len(spent)-1].Seconds()*1e3/float64(b.N), "worst-ms")
	b.ReportMetric(float64(nodes), "nodes/op")
}
