package hwmodel

import (
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"tcmdse/hwmodel/estimate"
	"tcmdse/internal/yamlsrc"
)

func edge28(t *testing.T) *Spec {
	t.Helper()
	data, err := os.ReadFile("testdata/models/edge28.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := ParseSpec(data, "edge28.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustBuild(t *testing.T, s *Spec) *Arch {
	t.Helper()
	a, err := s.Build()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *Arch) node(name string) *Node {
	for i := range a.Nodes {
		if a.Nodes[i].Name == name {
			return &a.Nodes[i]
		}
	}
	return nil
}

func (n *Node) figure(field string) Figure {
	for _, f := range n.Costs {
		if f.Field == field {
			return f
		}
	}
	return Figure{}
}

// TestModels: the numbers of a built architecture are those of the estimates, every one with its origin.
func TestModels(t *testing.T) {
	s := edge28(t)
	a := mustBuild(t, s)
	glb, err := estimate.Builtin(estimate.Query{Model: estimate.SRAM, TechnologyNM: 28, ClockHz: 500e6, SizeBits: 128 << 13, WidthBits: 128, Banks: 4})
	if err != nil {
		t.Fatal(err)
	}
	n := a.node("GLB")
	for field, got := range map[string]float64{estimate.Area: n.AreaM2, estimate.Leakage: n.LeakageW, estimate.ReadEnergy: n.Read.EnergyJPerBit * 128,
		estimate.WriteEnergy: n.Write.EnergyJPerBit * 128, estimate.ReadBandwidth: n.Read.BandwidthBitPerS} {
		if want, _ := glb.Find(field); math.Abs(got/want.Value-1) > 1e-12 {
			t.Errorf("GLB %s: %g, estimate %g", field, got, want.Value)
		}
	}
	if got := n.Read.BandwidthBitPerS; got != 128*500e6 {
		t.Errorf("GLB reads %g bit/s, want one access a cycle", got)
	}
	if d := a.node("DRAM"); d.Read.BandwidthBitPerS != 2*12.8e9*8 || d.Read.EnergyJPerBit != 13.5e-12 || d.AreaM2 != 0 {
		t.Errorf("DRAM: %+v", d)
	}
	rf := a.node("RF")
	if rf.LeakageW != 1e-6 || rf.figure("leakage").Origin.Method != estimate.Explicit || rf.figure("area").Origin.Table != "mac.csv" {
		t.Errorf("RF: an explicit leakage wins, 512 bits are flip-flops: %+v", rf.Costs)
	}
	if a.node("MAC").ThroughputPerS != 500e6 {
		t.Errorf("MAC: %+v", a.node("MAC"))
	}
	pitch := math.Sqrt(rf.AreaM2 + a.node("MAC").AreaM2)
	bus, err := estimate.Builtin(estimate.Query{Model: estimate.NoC, TechnologyNM: 28, Dims: []int64{16, 16}, PitchM: pitch, BusBits: 64})
	if err != nil {
		t.Fatal(err)
	}
	if want, _ := bus.Find(estimate.Energy); math.Abs(a.node("PE").NetworkJPerBit/want.Value-1) > 1e-12 {
		t.Errorf("PE's network: %g J/bit, want %g", a.node("PE").NetworkJPerBit, want.Value)
	}
	for _, n := range a.Nodes {
		for _, f := range n.Costs {
			if f.Origin.Method == "" || f.Origin.Source == "" {
				t.Errorf("%s %s has no origin: %+v", n.Name, f.Field, f)
			}
		}
	}
	if len(a.Warnings) == 0 || !strings.Contains(strings.Join(a.Warnings, "\n"), "RF: 512 bits") {
		t.Errorf("warnings %q", a.Warnings)
	}
	again, err := ParseSpec(s.YAML(), "again.yaml")
	if err != nil || string(again.YAML()) != string(s.YAML()) {
		t.Errorf("canonical text does not come back: %v\n%s", err, s.YAML())
	}
}

// TestModelsFollow: what a sweep sets moves the costs that depend on it.
func TestModelsFollow(t *testing.T) {
	base := mustBuild(t, edge28(t))
	for _, c := range []struct {
		path, text string
		changes    func(a *Arch) bool
	}{
		{"GLB.size", "1MiB", func(a *Arch) bool {
			return a.node("GLB").AreaM2 > 6*base.node("GLB").AreaM2 && a.node("GLB").Read.EnergyJPerBit > base.node("GLB").Read.EnergyJPerBit
		}},
		{"GLB.banks", "16", func(a *Arch) bool { return a.node("GLB").AreaM2 != base.node("GLB").AreaM2 }},
		{"GLB.technology", "65nm", func(a *Arch) bool {
			return a.node("GLB").AreaM2 > 2*base.node("GLB").AreaM2 && a.node("MAC").AreaM2 == base.node("MAC").AreaM2
		}},
		{"GLB.cell", "hp", func(a *Arch) bool { return a.node("GLB").LeakageW > 100*base.node("GLB").LeakageW }},
		{"GLB.temperature", "360K", func(a *Arch) bool { return a.node("GLB").LeakageW > base.node("GLB").LeakageW }},
		{"technology", "65nm", func(a *Arch) bool { return a.AreaM2() > 2*base.AreaM2() }},
		{"clock", "250MHz", func(a *Arch) bool { return a.node("GLB").Read.BandwidthBitPerS == 128*250e6 }},
		{"MAC.format", "bf16", func(a *Arch) bool { return a.node("MAC").EnergyJ > 2*base.node("MAC").EnergyJ }},
		{"RF.size", "512B", func(a *Arch) bool { return a.node("RF").figure("area").Origin.Table == "cacti_sram.csv" }},
		{"RF.model", "regfile", func(a *Arch) bool { return a.node("RF").AreaM2 == base.node("RF").AreaM2 }},
		{"RF.force", "true", func(a *Arch) bool { return a.node("RF").AreaM2 < base.node("RF").AreaM2 }},
		{"DRAM.type", "HBM2", func(a *Arch) bool { return a.node("DRAM").Read.EnergyJPerBit == 6.25e-12 }},
		{"PE.pitch", "1mm", func(a *Arch) bool { return a.node("PE").NetworkJPerBit > 10*base.node("PE").NetworkJPerBit }},
		{"PE.wire", "low-energy", func(a *Arch) bool { return a.node("PE").NetworkJPerBit < base.node("PE").NetworkJPerBit }},
		{"GLB.area", "1mm2", func(a *Arch) bool { return a.node("GLB").AreaM2 == 1e-6 }},
		{"PE.x", "32", func(a *Arch) bool { return a.node("PE").NetworkJPerBit > 1.4*base.node("PE").NetworkJPerBit }},
	} {
		s := edge28(t)
		if err := s.Set(c.path, c.text); err != nil {
			t.Errorf("%s=%s: %v", c.path, c.text, err)
			continue
		}
		a, err := s.Build()
		if err != nil || !c.changes(a) {
			t.Errorf("%s=%s has not the effect expected: %v", c.path, c.text, err)
		}
	}
}

// TestModelErrors: what cannot be priced is an error that names the field, and the line of the file where there is one.
func TestModelErrors(t *testing.T) {
	for _, c := range []struct{ path, text, key string }{
		{"GLB.banks", "2.5", ""}, {"GLB.model", "flash", ""}, {"DRAM.type", "DDR9", ""}, {"GLB.cell", "egt", ""}, {"GLB.temperature", "300", ""},
		{"GLB.temperature", "200K", "GLB.temperature"}, {"technology", "3nm", "technology"}, {"GLB.technology", "300nm", "GLB.technology"},
		{"MAC.format", "int99", "MAC.format"}, {"MAC.accumulate", "fp32", "MAC.accumulate"}, {"GLB.size", "unlimited", "GLB.size"}, {"RF.width", "4KiB", "RF.width"},
		{"DRAM.type", "GDDR5", "DRAM.read.bandwidth"}, {"PE.activity", "2", "PE.activity"},
	} {
		s := edge28(t)
		err := s.Set(c.path, c.text)
		if err == nil {
			_, err = s.Build()
		}
		var bad *yamlsrc.Error
		if !errors.As(err, &bad) || bad.Allowed == "" || c.key != "" && bad.Key != c.key {
			t.Errorf("%s=%s: %v", c.path, c.text, err)
		}
	}
}

// TestExternalFirst: an external estimator's figures come before the tables', explicit ones before both; what it leaves
// out or does not support the tables answer; its failure is an error.
func TestExternalFirst(t *testing.T) {
	s := edge28(t)
	asked := 0
	s.UseExternal(func(q estimate.Query) (estimate.Cost, error) {
		asked++
		if q.Model != estimate.SRAM {
			return estimate.Cost{}, estimate.ErrUnsupported
		}
		return estimate.Cost{Figures: []estimate.Figure{{Field: estimate.Area, Value: 7e-6, Origin: estimate.Origin{Method: estimate.External, Source: "test"}},
			{Field: estimate.Leakage, Value: 7, Origin: estimate.Origin{Method: estimate.External, Source: "test"}}}}, nil
	})
	a := mustBuild(t, s.Clone())
	if asked != 5 || a.node("GLB").AreaM2 != 7e-6 || a.node("GLB").LeakageW != 7 || a.node("RF").LeakageW != 1e-6 || a.node("MAC").AreaM2 == 7e-6 ||
		a.node("GLB").figure("read.energy").Origin.Table != "cacti_sram.csv" {
		t.Errorf("asked %d times: %+v", asked, a.node("GLB"))
	}
	s.UseExternal(func(estimate.Query) (estimate.Cost, error) { return estimate.Cost{}, errors.New("it broke") })
	if _, err := s.Build(); err == nil || !strings.Contains(err.Error(), "it broke") {
		t.Errorf("a failing estimator: %v", err)
	}
}

// TestOverheadFactors: factors multiply what is estimated, and only that.
func TestOverheadFactors(t *testing.T) {
	data, _ := os.ReadFile("testdata/models/edge28.yaml")
	base := mustBuild(t, edge28(t))
	s, err := ParseSpec([]byte(strings.Replace(string(data), "nodes:", "overhead: {area: 2, energy: 1.5}\nnodes:", 1)), "o.yaml")
	if err != nil {
		t.Fatal(err)
	}
	a := mustBuild(t, s)
	g, b := a.node("GLB"), base.node("GLB")
	if g.AreaM2 != 2*b.AreaM2 || g.Read.EnergyJPerBit != 1.5*b.Read.EnergyJPerBit || g.LeakageW != b.LeakageW || a.node("RF").LeakageW != 1e-6 ||
		a.node("DRAM").Read.EnergyJPerBit != 13.5e-12 || a.Overhead == "" || !strings.Contains(g.figure("area").Origin.Note, "x 2 overhead") {
		t.Errorf("%+v\n%+v", g, b)
	}
	if again, err := ParseSpec(s.YAML(), "again"); err != nil || string(again.YAML()) != string(s.YAML()) {
		t.Errorf("canonical text does not come back: %v", err)
	}
	s, err = ParseSpec([]byte(strings.Replace(string(data), "nodes:", "overhead: nvdla-synth-28\nnodes:", 1)), "o.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if a := mustBuild(t, s); math.Abs(a.node("MAC").AreaM2/base.node("MAC").AreaM2/estimate.NVDLA28Compute-1) > 1e-12 || !strings.Contains(a.Overhead, "9.8 %") {
		t.Errorf("%g, %s", a.node("MAC").AreaM2, a.Overhead)
	}
	for _, bad := range []string{"overhead: mine", "overhead: {area: 0}", "overhead: {volume: 2}", "overhead: {area: 1e9}"} {
		if _, err := ParseSpec([]byte(strings.Replace(string(data), "nodes:", bad+"\nnodes:", 1)), "o.yaml"); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}
