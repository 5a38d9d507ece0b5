package mapper

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/mapper/workload"
)

// TestReference compares with the known optima of testdata/reference/cases.json (from shared/reference, checked there
// against AccelForge and an independent prototype; eight digits), on the architectures and layers beside it.
func TestReference(t *testing.T) {
	var cases []struct {
		Arch, Layer, Objective string
		Optimum                float64
	}
	data, err := os.ReadFile("testdata/reference/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 81 {
		t.Errorf("%d cases, want 81", len(cases))
	}
	for _, c := range cases {
		arch, layer := reference(t, c.Arch, c.Layer)
		o, ok := ParseObjective(c.Objective)
		if !ok {
			t.Fatalf("objective %q", c.Objective)
		}
		r, err := Optimal(context.Background(), arch, &layer.Einsum, Options{Objective: o})
		if err != nil {
			t.Errorf("%s %s: %v", c.Arch, c.Layer, err)
			continue
		}
		got := map[Objective]float64{EDP: r.Cost.EDPJs, Energy: r.Cost.EnergyJ, Latency: r.Cost.LatencyS}[o]
		if math.Abs(got/c.Optimum-1) > 1e-6 || !r.Search.Optimal {
			t.Errorf("%s %s %s: %.9g, want %.9g", c.Arch, c.Layer, c.Objective, got, c.Optimum)
		}
	}
}

// reference loads an architecture and a layer of testdata/reference.
func reference(t testing.TB, archFile, layer string) (*hwmodel.Arch, *workload.Layer) {
	t.Helper()
	spec, err := hwmodel.Open("testdata/reference/"+archFile, "")
	if err != nil {
		t.Fatal(err)
	}
	arch, err := spec.Build()
	if err != nil {
		t.Fatal(err)
	}
	net, err := workload.Open("testdata/reference/layers.yaml", "")
	if err != nil {
		t.Fatal(err)
	}
	for i := range net.Layers {
		if net.Layers[i].Name == layer {
			return arch, &net.Layers[i]
		}
	}
	t.Fatalf("no layer %s", layer)
	return nil, nil
}

// BenchmarkOptimal times ResNet-18's layers on the three-level reference architecture, preparation included, and
// reports what the search looked at.
func BenchmarkOptimal(b *testing.B) {
	arch, _ := reference(b, "three-level.yaml", "r_l2")
	net, err := workload.Open("resnet18", "")
	if err != nil {
		b.Fatal(err)
	}
	for i := range net.Layers {
		l := &net.Layers[i]
		b.Run(l.Name, func(b *testing.B) {
			var nodes int64
			for b.Loop() {
				r, err := Optimal(context.Background(), arch, &l.Einsum, Options{})
				if err != nil {
					b.Fatal(err)
				}
				nodes = r.Search.Nodes
			}
			b.ReportMetric(float64(nodes), "nodes/op")
		})
	}
}
