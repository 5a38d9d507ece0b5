package hwmodel

import (
	"math"
	"slices"
	"testing"
)

// published is what a paper or its authors say of a chip. Figures in mm2 and per second; zero: not published.
type published struct {
	name        string
	macs        int64
	bufferBytes int64   // on chip, all instances, as modelled
	macPerS     float64 // peak
	memoryBPerS float64 // of the outermost memory, a direction
	areaMM2     float64
	low, high   float64 // band of our sum of components over areaMM2: guards, set after seeing the ratio
}

// chips holds published facts; docs/presets.md says which of them were read and which are recalled.
func chips() []published {
	const kib = 1 << 10
	return []published{
		// A design of this project: nothing is published, these guard the file.
		{name: "edge", macs: 256, bufferBytes: 128*kib + 256*512, macPerS: 128e9},
		// JSSC 2017: 168 PEs, 200 MHz, 108 KiB and per PE 12 + 224 + 24 words of 16 b; core 3.5 x 3.5 mm.
		{name: "eyeriss", macs: 168, bufferBytes: 108*kib + 168*2*(12+224+24), macPerS: 33.6e9, areaMM2: 12.25, low: 0.2, high: 0.4},
		// nvdla.org primer, 2048 MACs at 1 GHz: 5.5 mm2 of cells at 28 nm, SDP, PDP, CDP and DMA included.
		{name: "nvdla", macs: 2048, bufferBytes: 512*kib + 32*512 + 2048, macPerS: 2.048e12, memoryBPerS: 20e9, areaMM2: 5.5, low: 0.25, high: 0.65},
		// MICRO 2019; area from VLSI 2019: 4.01 TOPS / 1.29 TOPS/mm2. The 4.01 TOPS need 1.96 GHz; the preset runs at 1 GHz,
		// so its peak is not compared.
		{name: "simba", macs: 1024, bufferBytes: 64*kib + 16*(8+32+3)*kib + 1024, areaMM2: 4.01 / 1.29, low: 0.2, high: 0.5},
		// ISCA 2021: 138 TOPS, 128 + 16 MiB, die below 400 mm2, of which much is HBM and ICI interfaces.
		{name: "tpu_v4i", macs: 65536, bufferBytes: 144*kib*kib + 65536, macPerS: 138e12 / 2, memoryBPerS: 614e9, areaMM2: 400, low: 0.3, high: 0.7},
		// ISCA 2017: 92 TOPS, 24 + 4 MiB, four tiles of 64 KiB in the weight FIFO, a weight a cell; die of at most 331 mm2 with its
		// interfaces.
		{name: "tpu_v1", macs: 65536, bufferBytes: 28*kib*kib + 4*64*kib + 65536, macPerS: 92e12 / 2, memoryBPerS: 30e9, areaMM2: 331, low: 0.2, high: 0.4},
		// DAC 2021: 256 + 64 KiB at 1 GHz; area of array, scratchpad and accumulator, without the core; 128 b a cycle of DMA.
		{name: "gemmini", macs: 256, bufferBytes: (256+64)*kib + 256, macPerS: 256e9, memoryBPerS: 16e9, areaMM2: 0.116 + 0.544 + 0.146, low: 0.4, high: 0.75},
		// ISCA 2015: 64 elements at 1 GHz, a sum of ours in each; the 32 KiB for instructions are in the area, not in the preset.
		{name: "shidiannao", macs: 64, bufferBytes: (64+64+128)*kib + 64*4, macPerS: 64e9, areaMM2: 4.86, low: 0.35, high: 0.7},
		// ASPLOS 2014: 256 multipliers at 0.98 GHz, 2 + 32 + 2 KiB, a sum of ours for each neuron; its 452 GOP/s are no two for
		// each multiplication, so they are not compared here.
		{name: "diannao", macs: 256, bufferBytes: (2+32+2)*kib + 16*4, macPerS: 256 * 0.98e9, areaMM2: 3.02, low: 0.2, high: 0.5},
		// A design of this project, as edge: 2 TOPS, 512 KiB and four cores of 4 KiB.
		{name: "edge_npu", macs: 1024, bufferBytes: (512+4*4)*kib + 1024, macPerS: 1.024e12, memoryBPerS: 25.6e9},
	}
}

// build opens and builds an embedded architecture.
func build(t *testing.T, name string) *Arch {
	t.Helper()
	s, err := Open(name, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Build()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestPublished compares each preset with what is published of the chip, and logs the ratio of areas.
func TestPublished(t *testing.T) {
	var names []string
	for _, c := range chips() {
		names = append(names, c.name)
		a := build(t, c.name)
		n := a.Instances()
		last := len(a.Nodes) - 1
		if n[last] != c.macs {
			t.Errorf("%s: %d MACs, published %d", c.name, n[last], c.macs)
		}
		var bits int64
		for i := range a.Nodes {
			if a.Nodes[i].Kind == Memory {
				bits += a.Nodes[i].SizeBits * n[i]
			}
		}
		if bits != 8*c.bufferBytes {
			t.Errorf("%s: buffers of %d bits, published %d", c.name, bits, 8*c.bufferBytes)
		}
		if peak := float64(n[last]) * a.Nodes[last].ThroughputPerS; c.macPerS > 0 && math.Abs(peak/c.macPerS-1) > 0.01 {
			t.Errorf("%s: %g MAC/s at peak, published %g", c.name, peak, c.macPerS)
		}
		if m := &a.Nodes[0]; c.memoryBPerS > 0 && (math.Abs(m.Read.BandwidthBitPerS/8/c.memoryBPerS-1) > 0.01 || m.Read.BandwidthBitPerS != m.Write.BandwidthBitPerS) {
			t.Errorf("%s: %s reads %g b/s and writes %g b/s, published %g B/s", c.name, m.Name, m.Read.BandwidthBitPerS, m.Write.BandwidthBitPerS, c.memoryBPerS)
		}
		if c.areaMM2 == 0 {
			continue
		}
		r := a.AreaM2() * 1e6 / c.areaMM2
		t.Logf("%s: components %.3f mm2, published %.4g mm2, ratio %.2f", c.name, a.AreaM2()*1e6, c.areaMM2, r)
		if r < c.low || r > c.high {
			t.Errorf("%s: components are %.2f of the published area, outside %.2f to %.2f", c.name, r, c.low, c.high)
		}
	}
	if slices.Sort(names); !slices.Equal(names, PresetNames()) {
		t.Errorf("facts for %v, presets %v", names, PresetNames())
	}
}

// TestNothingIsFree: a component on chip that costs nothing would win every sweep that makes more of it.
func TestNothingIsFree(t *testing.T) {
	for _, name := range PresetNames() {
		a := build(t, name)
		for i, n := range a.Nodes {
			if n.Kind == Array {
				continue
			}
			if i > 0 && (n.AreaM2 <= 0 || n.LeakageW <= 0) {
				t.Errorf("%s: %s has area %g m2 and leakage %g W", name, n.Name, n.AreaM2, n.LeakageW)
			}
			if n.Kind == Memory && (n.Read.EnergyJPerBit <= 0 || n.Write.EnergyJPerBit <= 0) || n.Kind == Compute && n.EnergyJ <= 0 {
				t.Errorf("%s: %s takes no energy", name, n.Name)
			}
		}
	}
}

// TestBuffersKeepUp: all instances of a memory on chip together read and write at least as fast as the outermost
// memory reads and writes, or a mapping never gains time by using it.
func TestBuffersKeepUp(t *testing.T) {
	// The file has DRAM faster than the chip's link, as its source says; sweeps set DRAM.bandwidth.
	known := []string{"eyeriss GLB"}
	var slow []string
	for _, name := range PresetNames() {
		a := build(t, name)
		n := a.Instances()
		for i := 1; i < len(a.Nodes); i++ {
			m := &a.Nodes[i]
			if m.Kind == Memory && (slower(m.Read, a.Nodes[0].Read, n[i]) || slower(m.Write, a.Nodes[0].Write, n[i])) {
				slow = append(slow, name+" "+m.Name)
			}
		}
	}
	if !slices.Equal(slow, known) {
		t.Errorf("slower than the outermost memory: %v; known: %v", slow, known)
	}
}

func slower(inner, outer Access, instances int64) bool {
	return inner.BandwidthBitPerS > 0 && outer.BandwidthBitPerS > 0 && inner.BandwidthBitPerS*float64(instances) < outer.BandwidthBitPerS
}
