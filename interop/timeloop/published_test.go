package timeloop

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"tcmdse/mapper/model"
)

// count is what Timeloop's published statistics give for one data space in one memory, over all instances, in values.
// drained are values that the memory sends up when an output leaves it: Timeloop counts no read of the memory for them,
// this project does.
type count struct {
	memory, tensor         string
	read, written, drained float64
}

// TestPublishedCounts compares access counts with the statistics that Timeloop's authors publish beside the examples:
// Scalar reads, fills and updates per instance, times instances. Fills and updates are writes here.
func TestPublishedCounts(t *testing.T) {
	for _, c := range []struct {
		file   string
		cycles float64
		counts []count
	}{
		// .../03-model-conv1d+oc-3level/ref-output/bypass/timeloop-model.stats.txt (commit 09545d3f)
		{"bypass.yaml", 1536, []count{
			{"MainMemory", "Weights", 96, 0, 0}, {"MainMemory", "Inputs", 18, 0, 0}, {"MainMemory", "Outputs", 0, 512, 0},
			{"GlobalBuffer", "Weights", 1536, 96, 0}, {"GlobalBuffer", "Inputs", 1536, 18, 0},
			{"RegisterFile", "Outputs", 1024, 1536, 512},
		}},
		// .../04-model-conv1d+oc-3levelspatial/ref-output/cp/timeloop-model.stats.txt (commit 2ffec693); 16 instances
		{"spatial.yaml", 3072, []count{
			{"MainMemory", "Weights", 3072, 0, 0}, {"MainMemory", "Inputs", 576, 0, 0}, {"MainMemory", "Outputs", 0, 512, 0},
			{"GlobalBuffer", "Weights", 192 * 16, 192 * 16, 0}, {"GlobalBuffer", "Inputs", 1152 * 16, 36 * 16, 0},
			{"GlobalBuffer", "Outputs", 512 * 16, 1024 * 16, 512 * 16},
			{"RegisterFile", "Weights", 3072 * 16, 192 * 16, 0}, {"RegisterFile", "Inputs", 3072 * 16, 1152 * 16, 0},
			{"RegisterFile", "Outputs", 2560 * 16, (512 + 3072) * 16, 1024 * 16},
		}},
		// .../eyeriss_like/ref_outputs/default_problem/timeloop-mapper.stats.txt (commit 67b75f24); 126 of 168 elements
		{"eyeriss.yaml", 86016, []count{
			{"DRAM", "Weights", 13824, 0, 0}, {"DRAM", "Inputs", 157296, 0, 0}, {"DRAM", "Outputs", 0, 401408, 0},
			{"shared_glb", "Inputs", 1354752, 157296, 0}, {"shared_glb", "Outputs", 0, 401408, 401408},
			{"ifmap_spad", "Inputs", 86016 * 126, 10752 * 126, 0},
			{"weights_spad", "Weights", 86016 * 126, 1536 * 126, 0},
			{"psum_spad", "Outputs", 57344 * 126, 86016 * 126, 28672 * 126},
		}},
	} {
		t.Run(c.file, func(t *testing.T) { published(t, c.file, c.cycles, c.counts) })
	}
}

func published(t *testing.T, file string, cycles float64, counts []count) {
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	im, err := Read([]File{{Name: file, Data: data}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	arch, err := im.Arch.Build()
	if err != nil {
		t.Fatal(err)
	}
	p, err := model.Compile(arch, &im.Network.Layers[0].Einsum)
	if err != nil {
		t.Fatal(err)
	}
	cost, err := model.Evaluate(p, im.Mapping)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][2]float64{}
	for _, comp := range cost.Components {
		for _, x := range comp.Tensors {
			for i := range arch.Nodes {
				if n := &arch.Nodes[i]; n.Name == comp.Name {
					bits := float64(n.BitsOf(x.Tensor, role(x.Tensor), 8))
					got[comp.Name+" "+x.Tensor] = [2]float64{x.ReadBits / bits, x.WriteBits / bits}
				}
			}
		}
		if comp.Name == arch.Nodes[len(arch.Nodes)-1].Name && math.Round(comp.BusyS*arch.ClockHz) != cycles {
			t.Errorf("compute busy for %g cycles, Timeloop %g", comp.BusyS*arch.ClockHz, cycles)
		}
	}
	if len(got) != len(counts) {
		t.Errorf("%d tensors in memories, Timeloop %d: %v", len(got), len(counts), got)
	}
	for _, c := range counts {
		if g := got[c.memory+" "+c.tensor]; g != [2]float64{c.read + c.drained, c.written} {
			t.Errorf("%s of %s: read and written %v, Timeloop %g + %g drained and %g", c.tensor, c.memory, g, c.read, c.drained, c.written)
		}
	}
}

// TestPublishedEnergies: with Accelergy's published energies an imported design takes what Timeloop's statistics say (Energy
// (total), in pJ, of the same file as above), and the reads of outputs that leave a memory, which Timeloop does not count.
func TestPublishedEnergies(t *testing.T) {
	im, arch := read(t, example(t, "eyeriss.yaml"), example(t, "eyeriss_ert.yaml"))
	p, err := model.Compile(arch, &im.Network.Layers[0].Einsum)
	if err != nil {
		t.Fatal(err)
	}
	cost, err := model.Evaluate(p, im.Mapping)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{
		"shared_glb":   3357302.30 + 709384.73 + 401408*18.183829/8,
		"ifmap_spad":   1216735.96,
		"weights_spad": 10893306.24,
		"psum_spad":    4190338.25 + 28672*126*0.2513,
		"mac":          2250969.22,
	}
	found := 0
	for _, c := range cost.Components {
		if w, ok := want[c.Name]; ok {
			found++
			if got := c.EnergyJ * 1e12; math.Abs(got-w) > 1e-6*w {
				t.Errorf("%s takes %.2f pJ, Timeloop with the reads %.2f", c.Name, got, w)
			}
		}
	}
	if found != len(want) {
		t.Errorf("%d of %d components", found, len(want))
	}
}
