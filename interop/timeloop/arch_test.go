package timeloop

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/interop/foreign"
)

func nodeOf(t *testing.T, a *hwmodel.Arch, name string) *hwmodel.Node {
	t.Helper()
	for i := range a.Nodes {
		if a.Nodes[i].Name == name {
			return &a.Nodes[i]
		}
	}
	t.Fatalf("no node %s", name)
	return nil
}

func read(t *testing.T, texts ...string) (*Import, *hwmodel.Arch) {
	t.Helper()
	var files []File
	for i, text := range texts {
		files = append(files, File{Name: string(rune('a'+i)) + ".yaml", Data: []byte(text)})
	}
	im, err := Read(files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	arch, err := im.Arch.Build()
	if err != nil {
		t.Fatal(err)
	}
	return im, arch
}

// TestEyeriss checks every number of an architecture of version 0.4.
func TestEyeriss(t *testing.T) {
	im, a := read(t, example(t, "eyeriss.yaml"))
	if a.ClockHz != 1e9 || a.TechM != 32e-9 {
		t.Errorf("clock %g, technology %g", a.ClockHz, a.TechM)
	}
	glb := nodeOf(t, a, "shared_glb")
	if glb.SizeBits != 16384*64 || glb.WidthBits != 64 || glb.Read.BandwidthBitPerS != 16*8*1e9 || glb.Ports != hwmodel.SeparatePorts {
		t.Errorf("buffer %+v", glb)
	}
	if !glb.MustKeep("Inputs", "inputs") || glb.CanKeep("Weights", "weights") {
		t.Errorf("buffer keeps %v, may %v", glb.Keep, glb.MayKeep)
	}
	if w := nodeOf(t, a, "weights_spad"); w.SizeBits != 192*16 || w.CanKeep("Inputs", "inputs") || w.BitsOf("Weights", "weights", 8) != 8 {
		t.Errorf("weights %+v", w)
	}
	if p := nodeOf(t, a, "psum_spad"); p.BitsOf("Outputs", "outputs", 8) != 16 || p.Read.EnergyJPerBit <= 0 {
		t.Errorf("sums %+v", p)
	}
	if d := nodeOf(t, a, "PE").Dims; len(d) != 1 || d[0].Name != "y" || d[0].Size != 12 {
		t.Errorf("array %v", d)
	}
	if n := a.Instances(); n[len(n)-1] != 168 {
		t.Errorf("%v instances", n)
	}
	var order []string // memories side by side, as the mapping needs them, and their levels in Timeloop
	for i := range a.Nodes {
		order = append(order, a.Nodes[i].Name)
	}
	if slices.Index(order, "weights_spad") > slices.Index(order, "ifmap_spad") {
		t.Errorf("order %v", order)
	}
	if l := Levels(im.Arch.Sources()); l["ifmap_spad"] != 2 || l["weights_spad"] != 3 {
		t.Errorf("levels %v", l)
	}
}

// TestForms reads one machine in the three forms of Timeloop's files.
func TestForms(t *testing.T) {
	for name, text := range map[string]string{
		"nodes": `
architecture:
  version: 0.4
  nodes:
  - !Container {name: s, attributes: {technology: 45, side: 4}}
  - !Component {name: DRAM, class: DRAM, attributes: {width: 64, datawidth: 8}}
  - !Component {name: GLB, class: SRAM, attributes: {depth: "1024 * 2", width: 8 * 8, datawidth: 'DRAM.attributes["datawidth"]'}}
  - !Component {name: RF, class: regfile, spatial: {meshX: side, meshY: 2}, attributes: {depth: 16, width: 8, datawidth: 8}}
  - !Component {name: MAC, class: intmac, attributes: {datawidth: 8}}`,
		"subtree": `
architecture:
  version: 0.3
  subtree:
  - name: s
    attributes: {technology: 45nm}
    local:
    - {name: DRAM, class: DRAM, attributes: {width: 64, word-bits: 8}}
    - {name: GLB, class: SRAM, attributes: {depth: 2048, width: 64, word-bits: 8}}
    subtree:
    - name: PE[0..7]
      local:
      - {name: RF, class: regfile, attributes: {depth: 16, width: 8, word-bits: 8, meshX: 4}}
      - {name: MAC, class: intmac, attributes: {datawidth: 8, meshX: 4}}`,
		"flat": `
arch:
  arithmetic: {instances: 8, meshX: 4, word-bits: 8}
  storage:
  - {name: RF, entries: 16, instances: 8, meshX: 4, word-bits: 8}
  - {name: GLB, sizeKB: 16, instances: 1, word-bits: 8, block-size: 8}
  - {name: DRAM, technology: DRAM, instances: 1, word-bits: 8, block-size: 8}`,
	} {
		_, a := read(t, text)
		if g := nodeOf(t, a, "GLB"); g.SizeBits != 2048*64 || g.WidthBits != 64 {
			t.Errorf("%s: buffer %d b, %g wide", name, g.SizeBits, g.WidthBits)
		}
		if r := nodeOf(t, a, "RF"); r.SizeBits != 16*8 {
			t.Errorf("%s: registers %d b", name, r.SizeBits)
		}
		i := slices.IndexFunc(a.Nodes, func(n hwmodel.Node) bool { return n.Kind == hwmodel.Array })
		if i != 2 || len(a.Nodes[i].Dims) != 2 || a.Nodes[i].Dims[0].Size != 4 || a.Nodes[i].Dims[1].Size != 2 {
			t.Errorf("%s: array %+v at %d", name, a.Nodes[i].Dims, i)
		}
		if a.Nodes[0].SizeBits != 0 {
			t.Errorf("%s: DRAM of %d b", name, a.Nodes[0].SizeBits)
		}
	}
}

// TestERT takes energies from Accelergy's table: pJ an access of the width, leakage pJ a cycle.
func TestERT(t *testing.T) {
	_, a := read(t, example(t, "spatial.yaml"), `
ERT:
  version: 0.4
  tables:
  - {name: "system.MainMemory[1..1]", actions: [{name: read, energy: 512}, {name: write, energy: 500}, {name: update, energy: 400}]}
  - {name: "system.PE[0..15].GlobalBuffer", actions: [{name: read, arguments: {x: 0}, energy: 10}, {name: read, arguments: {x: 1}, energy: 32}, {name: write, energy: 16}, {name: leak, energy: 0.5}]}
  - {name: "system.PE[0..15].MACC[1..16]", actions: [{name: compute, energy: 0.84}]}
`)
	if g := nodeOf(t, a, "GlobalBuffer"); !near(g.Read.EnergyJPerBit, 32e-12/64) || !near(g.Write.EnergyJPerBit, 16e-12/64) || !near(g.LeakageW, 0.5e-12*1e9) {
		t.Errorf("buffer %+v", g)
	}
	if m := nodeOf(t, a, "MainMemory"); !near(m.Write.EnergyJPerBit, 500e-12/256) {
		t.Errorf("memory %+v", m)
	}
	if m := nodeOf(t, a, "MACC"); !near(m.EnergyJ, 0.84e-12) {
		t.Errorf("compute %+v", m)
	}
	if r := nodeOf(t, a, "RegisterFile"); r.Read.EnergyJPerBit <= 0 {
		t.Errorf("registers, which the table lacks, have no model: %+v", r)
	}
}

func near(a, b float64) bool { return a > b*(1-1e-9) && a < b*(1+1e-9) }

// TestSpatialConstraints turns what spatial loops may not touch into only_reuse, and no_reuse into what is not multicast.
func TestSpatialConstraints(t *testing.T) {
	text := strings.Replace(example(t, "spatial.yaml"), "spatial: {meshX: 16}",
		"spatial: {meshX: 16}, constraints: {spatial: {no_iteration_over_dataspaces: [Outputs], no_reuse: [Inputs]}}", 1)
	text = strings.Replace(text, "C=16]", "C=1]", 1)
	text = strings.Replace(text, "K=32, C=2]", "K=32, C=32]", 1)
	_, a := read(t, text)
	d := nodeOf(t, a, "PE").Dims[0]
	if !slices.Equal(d.OnlyReuse, []string{"outputs"}) || d.Multicasts("Inputs", "inputs") || !d.Multicasts("Weights", "weights") {
		t.Errorf("dimension %+v", d)
	}
}

// TestWords: capacities in words and bandwidths in words count where a file gives no width of a value, of which Timeloop's own
// default is 16 bits; a width that a cluster shares is divided among its instances, and so are its energies.
func TestWords(t *testing.T) {
	im, a := read(t, `
architecture:
  version: 0.3
  subtree:
  - name: sys
    local:
    - {name: DRAM, class: DRAM}
    subtree:
    - name: PE[0..3]
      local:
      - {name: Buf, class: SRAM, attributes: {entries: 256, read_bandwidth: 2}}
      - {name: Reg, class: regfile, attributes: {depth: 16, multiple-buffering: 2}}
      - {name: Shared, class: storage, attributes: {memory_depth: 16, memory_width: 64, word-bits: 8, cluster-size: 4, bandwidth: 4}}
      - {name: MACC, class: intmac, attributes: {instances: 8}}
      - {name: address, class: counter, attributes: {instances: 8}}
ERT_summary:
  table_summary:
  - {name: sys.Shared, actions: [{name: read, energy: 8}, {name: write, energy: 4}]}
`)
	buf, reg, shared := nodeOf(t, a, "Buf"), nodeOf(t, a, "Reg"), nodeOf(t, a, "Shared")
	if buf.SizeBits != 256*16 || buf.Read.BandwidthBitPerS != 2*16*1e9 || buf.BitsOf("A", "inputs", 8) != 16 {
		t.Errorf("entries: %+v", buf)
	}
	if reg.SizeBits != 16*16/2 {
		t.Errorf("depth: %d bits", reg.SizeBits)
	}
	if shared.SizeBits != 16*16 || shared.WidthBits != 16 || shared.Read.BandwidthBitPerS != 2*8*1e9 || shared.Ports != hwmodel.SeparatePorts {
		t.Errorf("cluster: %+v", shared)
	}
	for _, w := range []string{"read: {energy: 2pJ", "write: {energy: 1pJ", "compute: MACC", "{name: x, size: 2}"} {
		if !strings.Contains(string(im.ArchYML), w) {
			t.Errorf("%q is missing in\n%s", w, im.ArchYML)
		}
	}
	if !slices.ContainsFunc(im.Notes.LeftOut, func(n foreign.Note) bool { return strings.Contains(n.Text, "address, of class") }) {
		t.Errorf("left out: %v", im.Notes.LeftOut)
	}
}

// TestStrides: every stride and dilation of the shape that Timeloop knows by name.
func TestStrides(t *testing.T) {
	for _, stride := range []int64{1, 2, 11, 21} {
		text := fmt.Sprintf("problem: {shape: cnn-layer, R: 3, S: 3, P: 4, Q: 4, C: 2, K: 2, N: 1, Wstride: %d, Hdilation: 11}", stride)
		im, err := Read([]File{{Name: "a.yaml", Data: []byte(text)}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		e := &im.Network.Layers[0].Einsum
		var got []int64
		for _, dim := range e.Tensors[0].Dims {
			for _, term := range dim {
				got = append(got, term.Coef)
			}
		}
		if want := []int64{1, 1, 1, stride, 11, 1}; e.Tensors[0].Name != "Inputs" || !slices.Equal(got, want) {
			t.Errorf("stride %d: %s %v, want %v", stride, e.Tensors[0].Name, got, want)
		}
	}
	bad := `problem: {shape: {name: x, dimensions: [P, K], data_spaces: [{name: A, projection: [[[P, 1.5]]]}, {name: B, projection: [[[P]], [[K]]], read_write: true}]}, instance: {P: 4, K: 2}}`
	if _, err := Read([]File{{Name: "a.yaml", Data: []byte(bad)}}, Options{}); err == nil || !strings.Contains(err.Error(), "no such coefficient") {
		t.Errorf("a coefficient of 1.5: %v", err)
	}
}

// TestBranches: a branch beside others has its attributes for itself, and no array that would multiply the others.
func TestBranches(t *testing.T) {
	text := `
architecture:
  nodes:
  - !Component {name: DRAM, class: DRAM, attributes: {width: 64, datawidth: 8}}
  - !Parallel
    nodes:
    - !Hierarchical
      nodes:
      - !Container {name: group, attributes: {rows: 64}}
      - !Component {name: WB, class: SRAM, attributes: {depth: rows, width: 64, datawidth: 8}, constraints: {dataspace: {keep: [Weights]}}}
    - !Hierarchical
      nodes:
      - !Container {name: other, attributes: {rows: 32}}
      - !Component {name: IB, class: SRAM, attributes: {depth: rows, width: 64, datawidth: 8}, constraints: {dataspace: {keep: [Inputs]}}}
  - !Component {name: mac, class: intmac, attributes: {datawidth: 8}}
`
	_, a := read(t, text)
	if w, i := nodeOf(t, a, "WB").SizeBits, nodeOf(t, a, "IB").SizeBits; w != 64*64 || i != 32*64 {
		t.Errorf("%d and %d bits", w, i)
	}
	for was, want := range map[string]string{
		"name: group,": "a.yaml:7: architecture.nodes[1].nodes[0]: an array inside one of several branches",
		"name: other,": "",
	} {
		_, err := Read([]File{{Name: "a.yaml", Data: []byte(strings.Replace(text, was, was+" spatial: {meshX: 4},", 1))}}, Options{})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
