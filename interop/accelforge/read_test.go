package accelforge

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/internal/boundtest"
	"tcmdse/internal/yamlsrc"
	"tcmdse/mapper"
	"tcmdse/mapper/workload"
)

// simple is our transcription of AccelForge's examples/arches/simple.yaml: counts as energies, a bit an action.
const simple = `
{% set Size = Size | default("inf") %}
arch:
  nodes:
  - !Memory
    name: MainMemory
    size: inf
    tensors: {keep: ~Intermediates, may_keep: All}
    actions:
    - {name: read, energy: 1, throughput: inf}
    - {name: write, energy: 1, throughput: inf}
  - !Memory
    name: GlobalBuffer
    size: {{Size}}
    tensors: {keep: ~MainMemory, may_keep: All}
    actions:
    - {name: read, energy: 1, throughput: inf}
    - {name: write, energy: 1, throughput: inf}
  - !Compute
    name: MAC
    leak_power: 0
    actions: [{name: compute, energy: 1, throughput: 1}]
`

// matmuls is our transcription of examples/workloads/matmuls.yaml.
const matmuls = `
workload:
  iteration_space_shape:
    {% set M = M | default(128) %}
    m: 0 <= m < {{M}}
    {% for i in range(N+1) %}
    n{{i}}: 0 <= n{{i}} < {{M}}
    {% endfor %}
  bits_per_value: {All: 8}
  einsums:
  {% for i in range(N) %}
  - name: Matmul{{i}}
    tensor_accesses:
    - {name: T{{i}}, projection: [m, n{{i}}]}
    - {name: W{{i}}, projection: [n{{i}}, n{{i+1}}]}
    - {name: T{{i+1}}, projection: [m, n{{i+1}}], output: True}
    renames: {weight: W{{i}}, input: T{{i}}, output: T{{i+1}}}
  {% endfor %}
`

func read(t *testing.T, set map[string]string, texts ...string) *Import {
	t.Helper()
	var files []File
	for i, text := range texts {
		files = append(files, File{Name: string(rune('a'+i)) + ".yaml", Data: []byte(text)})
	}
	im, err := Read(files, Options{Set: set})
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// TestOptimum maps an imported matmul on an imported architecture: AccelForge's own mapper (1.0.467) finds 16384 J and
// 512 s for 8x8x8 with a buffer of 40 bytes (notes of this project, worked example 7.1).
func TestOptimum(t *testing.T) {
	im := read(t, map[string]string{"Size": "320", "M": "8", "N": "1"}, simple, matmuls)
	arch, err := im.Arch.Build()
	if err != nil {
		t.Fatal(err)
	}
	r, err := mapper.Optimal(context.Background(), arch, &im.Network.Layers[0].Einsum, mapper.Options{Objective: mapper.Energy})
	if err != nil {
		t.Fatal(err)
	}
	if r.Cost.EnergyJ < 16383.999 || r.Cost.EnergyJ > 16384.001 || r.Cost.LatencyS != 512 {
		t.Errorf("%g J, %g s; AccelForge 16384, 512", r.Cost.EnergyJ, r.Cost.LatencyS)
	}
}

func TestMatmuls(t *testing.T) {
	im := read(t, map[string]string{"N": "3"}, matmuls)
	if n := im.Network; len(n.Layers) != 3 || n.Layers[2].Name != "Matmul2" || n.Layers[2].Einsum.Text() != "T3[m,n3] = T2[m,n2] * W2[n2,n3]" {
		t.Errorf("%+v", im.Network)
	}
	e := &im.Network.Layers[1].Einsum
	if e.Points().Int64() != 128*128*128 || e.Tensors[0].Role != "inputs" || e.Tensors[1].Role != "weights" {
		t.Errorf("%+v", e)
	}
	if len(im.Notes.LeftOut) != 0 || len(im.Notes.Approximated) != 0 {
		t.Errorf("notes %+v", im.Notes)
	}
}

// machine has what architectures of AccelForge have that this project's have too, and some that they have not.
const machine = `
variables: {side: 4}
arch:
  extra_attributes_for_all_component_models: {tech_node: 45e-9}
  nodes:
  - !Memory
    name: DRAM
    size: inf
    tensors: {keep: ~Intermediates, may_keep: All}
    leak_power: 0
    actions: [{name: read, energy: 7e-12, throughput: 8 * 38.4e9}, {name: write, energy: 8e-12, latency: 1e-11}]
  - !Memory
    name: GLB
    size: 1024*64*8
    tensors: {keep: input | output, may_keep: All}
    total_latency: max(a.n_calls / a.throughput for a in actions)
    leak_power: 1e-3
    area: 1e-6
    n_parallel_instances: 2
    actions:
    - {name: read, energy: 64e-12, throughput: 1e9, bits_per_action: 64}
    - {name: write, energy: 32e-12, throughput: 2e9, bits_per_action: 64, energy_scale: 2}
  - !Toll
    name: NoC
    direction: down
    tensors: {keep: All}
  - !Container
    name: PE
    spatial:
    - {name: reuse_weight, fanout: side * 2, reuse: weight, min_usage: 0.5}
    - {name: Y, fanout: 3, may_reuse: Nothing, power_gateable: True}
  - !Memory
    name: Acc
    size: 3 * output.bits_per_value
    bits_per_value: {output: 3 * output.bits_per_value}
    component_class: SRAM
    total_latency: sum(a.n_calls for a in actions) / 32 / 200e6
    actions: [{name: read, bits_per_action: 8}, {name: write, bits_per_action: 8}]
    tensors: {keep: output}
  - !Compute
    name: Scalar
    enabled: len(All) == 2
    actions: [{name: compute, energy: 0}]
  - !Compute
    name: MAC
    total_latency: sum(a.n_calls for a in actions) / 200e6
    actions: [{name: compute, energy: 1e-12}]
    enabled: len(All) == 3
`

func TestMachine(t *testing.T) {
	im := read(t, nil, machine)
	a, err := im.Arch.Build()
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]*hwmodel.Node{}
	var order []string
	for i := range a.Nodes {
		by[a.Nodes[i].Name] = &a.Nodes[i]
		order = append(order, a.Nodes[i].Name)
	}
	if !slices.Equal(order, []string{"DRAM", "GLB", "PE", "Acc", "MAC"}) {
		t.Fatalf("nodes %v", order)
	}
	d, g, acc, mac := by["DRAM"], by["GLB"], by["Acc"], by["MAC"]
	for what, pair := range map[string][2]float64{
		"DRAM read": {d.Read.EnergyJPerBit, 7e-12}, "DRAM rate": {d.Read.BandwidthBitPerS, 8 * 38.4e9}, "DRAM write rate": {d.Write.BandwidthBitPerS, 1e11},
		"GLB read": {g.Read.EnergyJPerBit, 1e-12}, "GLB write": {g.Write.EnergyJPerBit, 1e-12}, "GLB rate": {g.Read.BandwidthBitPerS, 2 * 64e9},
		"GLB leakage": {g.LeakageW, 2e-3}, "GLB area": {g.AreaM2, 2e-6}, "GLB size": {float64(g.SizeBits), 1024 * 64 * 8},
		"Acc rate": {acc.Read.BandwidthBitPerS, 32 * 200e6 * 8}, "Acc size": {float64(acc.SizeBits), 24}, "Acc width": {float64(acc.BitsOf("Z", "outputs", 8)), 24},
		"MAC rate": {mac.ThroughputPerS, 200e6}, "MAC energy": {mac.EnergyJ, 1e-12}, "technology": {a.TechM, 45e-9},
	} {
		if pair[0] < pair[1]*(1-1e-9) || pair[0] > pair[1]*(1+1e-9) {
			t.Errorf("%s is %g, want %g", what, pair[0], pair[1])
		}
	}
	if g.Ports != hwmodel.SeparatePorts || acc.Ports != hwmodel.SharedPorts {
		t.Error("ports")
	}
	if !g.MustKeep("A", "inputs") || g.MustKeep("B", "weights") || !g.CanKeep("B", "weights") || acc.CanKeep("A", "inputs") {
		t.Errorf("GLB %v %v, Acc %v %v", g.Keep, g.MayKeep, acc.Keep, acc.MayKeep)
	}
	x, y := by["PE"].Dims[0], by["PE"].Dims[1]
	if x.Size != 8 || !slices.Equal(x.OnlyReuse, []string{"weights"}) || x.MinUtilization != 0.5 || x.Multicasts("A", "inputs") || !x.Multicasts("B", "weights") {
		t.Errorf("x %+v", x)
	}
	if y.Size != 3 || y.Multicasts("A", "inputs") || y.OnlyReuse != nil {
		t.Errorf("y %+v", y)
	}
	left := ""
	for _, n := range im.Notes.LeftOut {
		left += n.String() + "\n"
	}
	for _, want := range []string{"!Toll NoC", "Scalar is not enabled", "power gating"} {
		if !strings.Contains(left, want) {
			t.Errorf("%q is not among what was left out:\n%s", want, left)
		}
	}
}

// TestWorkload reads the text form, affine dimensions, sizes by rank and by variable, renames and padding.
func TestWorkload(t *testing.T) {
	im := read(t, nil, `
workload:
  rank_sizes: {N: 2, C: 3, P: 10, Q: 10, M: 8, H: 21, K: 4}
  bits_per_value: {All: 8, Outputs: 16}
  einsums:
  - einsum: "T[n, m, p, q] = I[n, c, H: p * 2 + r, W: q * 2 + s] * F[m, c, r, s]"
    iteration_space_shape: [0 <= r < 3, 0 <= s <= 2]
    n_instances: 5
  - {einsum: "U[n, m, p, q] = T[n, m, p, q]", is_copy_operation: True}
  - "S[n, m] = T[n, m, p, q]"
  - "Z[n, k] = V[k, m] * S[n, m]"
  - "Y[n, k] = Z[n, k] + Z[n, k]"
renames:
  einsums:
  - name: default
    tensor_accesses:
    - {name: input, source: Inputs & Intermediates if len(All) == 3 else Inputs, expected_count: 1}
    - {name: output, source: Outputs, expected_count: 1}
    - {name: weight, source: ~(input | output), expected_count: 1}
`)
	var texts []string
	for i := range im.Network.Layers {
		texts = append(texts, im.Network.Layers[i].Name+": "+im.Network.Layers[i].Einsum.Text())
	}
	want := []string{"T: T[n,m,p,q] = I[n,c,2*p+r,2*q+s] * F[m,c,r,s]", "S: S[n,m] = T[n,m,p,q]", "Z: Z[n,k] = V[k,m] * S[n,m]"}
	if !slices.Equal(texts, want) {
		t.Errorf("layers %q\nwant %q", texts, want)
	}
	z := im.Network.Layers[2].Einsum
	if z.Tensors[0].Role != "weights" || z.Tensors[1].Role != "inputs" || z.Tensors[2].Bits != 16 || im.Network.Layers[0].Count != 5 {
		t.Errorf("%+v", z.Tensors)
	}
	if n := im.Network.Layers[0].Einsum.Points().Int64(); n != 2*3*10*10*8*9 {
		t.Errorf("%d points", n)
	}
	var b bytes.Buffer
	if err := workload.Write(&b, im.Network, workload.Doc{}); err != nil {
		t.Fatal(err)
	}
	if back, err := workload.Parse(b.Bytes(), "b"); err != nil || back.Layers[2].Einsum.ShapeKey() != z.ShapeKey() {
		t.Errorf("%v\n%s", err, b.Bytes())
	}
	left := ""
	for _, n := range append(im.Notes.LeftOut, im.Notes.Approximated...) {
		left += n.String() + "\n"
	}
	for _, want := range []string{"Einsum U copies", "Einsum Y: not an Einsum"} {
		if !strings.Contains(left, want) {
			t.Errorf("%q is not among the notes:\n%s", want, left)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, line, want string }{
		{simple[:strings.Index(simple, "  - !Compute")], ":4:", "no enabled compute"},
		{strings.Replace(simple, "!Compute", "!Computer", 1), ":19:", "a type of node that is not known"},
		{strings.Replace(simple, "keep: ~MainMemory", "keep: ~Mainmemory", 1), ":15:", `the set "Mainmemory" is not known`},
		{strings.Replace(simple, "size: inf", "size: big", 1), ":7:", "not a number"},
		{strings.Replace(simple, "size: inf", "size: -1", 1), ":7:", "not a size in bits"},
		{strings.Replace(simple, "energy: 1, throughput: 1}", "energy: -1, throughput: 1}", 1), ":22:", "not an energy"},
		{strings.Replace(simple, "name: GlobalBuffer", "name: MainMemory", 1), ":13:", "a second node of this name"},
		{strings.Replace(simple, "    size: inf\n", "", 1), ":5:", `"size" is missing`},
		{matmuls, ":6:", "not the bounds of a loop"},
		{"workload: {einsums: ['Z[m] = A[m,k] * B[k]']}", ":1:", "rank variable m of Einsum Z has no size"},
		{"workload: {einsums: ['Z[m] A[m,k]']}", ":1:", "no = between"},
		{"workload: {einsums: ['Z[m] = A[m-k]'], rank_sizes: {M: 2}}", ":1:", "not a sum of variables"},
		{"workload: {rank_sizes: {M: 0}, einsums: []}", ":1:", "whole numbers from 1"},
		{"workload: {iteration_space_shape: {m: 1 <= m < 3}, einsums: []}", ":1:", "not bounds"},
		{"workload: {einsums: []}", ":1:", "no Einsum"},
		{strings.Replace(simple, "energy: 1, throughput: 1}", "energy: 1, latency: -1}", 1), ":22:", "not a time in seconds"},
		{"mapping: {a: 1}", ":1:", "a mapping of AccelForge"},
		{"x: 1", ":1:", "no part of AccelForge's input"},
		{"arch: {nodes: [!Memory {name: a, size: 1e400}]}", ":1:", ""},
		{"arch: &a {nodes: *a}", ":1:", "inside what it stands for"},
	} {
		_, err := Read([]File{{Name: "in.yaml", Data: []byte(c.text)}}, Options{})
		var bad *yamlsrc.Error
		if !errors.As(err, &bad) {
			t.Errorf("%q: error %v of type %T", c.want, err, err)
			continue
		}
		if !strings.HasPrefix(err.Error(), "in.yaml"+c.line) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %q, want in.yaml%s and %q", err, c.line, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(simple + matmuls))
	f.Add([]byte(machine))
	f.Add([]byte("workload: {rank_sizes: {M: 4, K: 2}, bits_per_value: {All: 8}, einsums: ['Z[m] = A[m, k] * B[K: k]']}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer boundtest.Cost{}.Start(t)()
		im, err := Read([]File{{Name: "in.yaml", Data: data}}, Options{Set: map[string]string{"N": "2"}})
		if err != nil {
			var bad *yamlsrc.Error
			if !errors.As(err, &bad) || bad.File == "" {
				t.Fatalf("error %v of type %T", err, err)
			}
			return
		}
		if im.Network != nil {
			var b bytes.Buffer
			if err := workload.Write(&b, im.Network, workload.Doc{}); err == nil {
				if _, err := workload.Parse(b.Bytes(), "out"); err != nil {
					t.Fatalf("%v in\n%s", err, b.Bytes())
				}
			}
		}
	})
}

// TestLatencyScale: a scale of an action's time divides its rate, as AccelForge turns it into one of throughput.
func TestLatencyScale(t *testing.T) {
	im := read(t, nil, strings.Replace(simple, "energy: 1, throughput: 1}", "energy: 1, latency: 0.5, latency_scale: 4}", 1))
	if !strings.Contains(string(im.ArchYML), "throughput: 0.5/s") {
		t.Errorf("%s", im.ArchYML)
	}
}
