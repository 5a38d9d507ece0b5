package hwmodel

import (
	"bytes"
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcmdse/internal/boundtest"
	"tcmdse/internal/yamlsrc"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestPresets: every preset loads, has an area, and its canonical text reads back to the same text.
func TestPresets(t *testing.T) {
	for _, name := range PresetNames() {
		s, err := Open(name, t.TempDir())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		a, err := s.Build()
		if err != nil || a.AreaM2() <= 0 {
			t.Errorf("%s: area %g m2, %v", name, a.AreaM2(), err)
		}
		for node, source := range s.Sources() {
			if source == "" {
				t.Errorf("%s: node %q has no source", name, node)
			}
		}
		again, err := ParseSpec(s.YAML(), name)
		if err != nil {
			t.Errorf("%s: canonical text: %v\n%s", name, err, s.YAML())
			continue
		}
		if !bytes.Equal(again.YAML(), s.YAML()) {
			t.Errorf("%s: canonical text changes when read back", name)
		}
	}
}

// TestEyeriss asserts what the paper says of the chip: 168 PEs, 108 KiB, 33.6 G multiply-accumulates a second.
func TestEyeriss(t *testing.T) {
	s, err := Open("eyeriss", "")
	if err != nil {
		t.Fatal(err)
	}
	a, _ := s.Build()
	n := a.Instances()[len(a.Nodes)-1]
	if n != 168 || a.Nodes[1].SizeBits != 108<<13 || float64(n)*a.Nodes[len(a.Nodes)-1].ThroughputPerS != 33.6e9 {
		t.Errorf("%d PEs, GLB %d bits", n, a.Nodes[1].SizeBits)
	}
	// JSSC 2017: core 3.5 x 3.5 mm. Component sums are a fraction of silicon (docs/validation.md).
	if r := a.AreaM2() / 12.25e-6; r < 0.2 || r > 0.7 {
		t.Errorf("component sum is %.2f of the published core area", r)
	} else {
		t.Logf("component sum is %.2f of the published core area", r)
	}
}

func TestSet(t *testing.T) {
	s, err := Open("eyeriss", "")
	if err != nil {
		t.Fatal(err)
	}
	c := s.Clone()
	for _, kv := range [][2]string{{"PE.x", "28"}, {"GLB.size", "64KiB"}, {"DRAM.bandwidth", "25.6GB/s"}, {"clock", "400MHz"}, {"GLB.read.energy", "1pJ/bit"}, {"GLB.area", "0.5mm2"}} {
		if err := c.Set(kv[0], kv[1]); err != nil {
			t.Fatal(err)
		}
	}
	a, err := c.Build()
	if err != nil {
		t.Fatal(err)
	}
	if a.Nodes[2].Dims[0].Size != 28 || a.Nodes[1].SizeBits != 64<<13 || a.Nodes[0].Write.BandwidthBitPerS != 204.8e9 ||
		a.Nodes[1].Read.BandwidthBitPerS != 256*400e6 || a.Nodes[1].AreaM2 != 0.5e-6 {
		t.Errorf("%+v", a)
	}
	if was, _ := s.Build(); was.Nodes[2].Dims[0].Size != 14 || was.Nodes[1].SizeBits != 108<<13 {
		t.Error("Set on a clone changed the original")
	}
	for _, bad := range [][2]string{{"PE.z", "3"}, {"GLB.size", "64"}, {"GLB.size", "64KHz"}, {"PE.x", "0"}, {"PE.x", "2.5"}, {"nothing", "1"}, {"GLB.siz", "64KiB"}} {
		var e *yamlsrc.Error
		if err := c.Set(bad[0], bad[1]); !errors.As(err, &e) {
			t.Errorf("Set(%s, %s): %v", bad[0], bad[1], err)
		}
	}
}

// TestBad compares the message for each file of testdata/bad with its golden.
func TestBad(t *testing.T) {
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	if len(files) == 0 {
		t.Fatal("no files in testdata/bad")
	}
	for _, f := range files {
		data, _ := os.ReadFile(f)
		s, err := ParseSpec(data, filepath.Base(f))
		if err == nil {
			_, err = s.Build()
		}
		if err == nil {
			t.Errorf("%s was accepted", f)
			continue
		}
		golden := strings.TrimSuffix(f, ".yaml") + ".err"
		if *update {
			os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644)
		}
		if want, _ := os.ReadFile(golden); string(want) != err.Error()+"\n" {
			t.Errorf("%s:\n got %v\nwant %s", f, err, want)
		}
	}
}

// FuzzParseSpec: no input makes reading panic, and what reads builds.
// finite: no figure of an architecture that was built is no number or below 0; rates may be unlimited.
func finite(t *testing.T, arch *Arch) {
	for i := range arch.Nodes {
		n := &arch.Nodes[i]
		for _, x := range []float64{n.AreaM2, n.LeakageW, n.EnergyJ, n.Read.EnergyJPerBit, n.Write.EnergyJPerBit} {
			if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
				t.Errorf("node %s: %+v", n.Name, n)
			}
		}
	}
	if !(arch.ClockHz > 0) || math.IsInf(arch.ClockHz, 0) || math.IsInf(arch.AreaM2(), 0) {
		t.Errorf("clock %g, area %g", arch.ClockHz, arch.AreaM2())
	}
}

func FuzzParseSpec(f *testing.F) {
	for _, name := range PresetNames() {
		data, _ := PresetYAML(name)
		f.Add(data)
	}
	if data, err := os.ReadFile("testdata/models/edge28.yaml"); err == nil {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		defer boundtest.Cost{}.Start(t)()
		if s, err := ParseSpec(data, "f.yaml"); err == nil {
			if arch, err := s.Build(); err == nil { // may fail where a model cannot price a node; never panics
				finite(t, arch)
			}
			if again, err := ParseSpec(s.YAML(), "again.yaml"); err != nil {
				t.Errorf("canonical text does not read: %v\n%s", err, s.YAML())
			} else if again.Key() != s.Key() {
				t.Errorf("canonical text reads as another architecture\n%s", s.YAML())
			}
		}
	})
}
