package model_test

import (
	"errors"
	"strings"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/internal/boundtest"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
)

// small returns two buffers with an array between them, and a matmul with a batch of 1.
func small(t *testing.T) (*hwmodel.Arch, *workload.Einsum) {
	t.Helper()
	e, err := workload.ParseEinsum("Z[b,m,n] = A[b,m,k] * B[k,n]")
	if err != nil {
		t.Fatal(err)
	}
	size := map[string]int64{"b": 1, "m": 4, "n": 6, "k": 2}
	for i := range e.Vars {
		e.Vars[i].Size = size[e.Vars[i].Name]
	}
	for i := range e.Tensors {
		e.Tensors[i].Bits = 8
	}
	return &hwmodel.Arch{Nodes: []hwmodel.Node{
		{Kind: hwmodel.Memory, Name: "DRAM", Keep: hwmodel.TensorSet{"all"}},
		{Kind: hwmodel.Memory, Name: "L2", MayKeep: hwmodel.TensorSet{"inputs", "outputs"}, SizeBits: 100},
		{Kind: hwmodel.Array, Name: "PE", Dims: []hwmodel.Dim{
			{Name: "x", Size: 4, OnlyReuse: hwmodel.TensorSet{"inputs"}, MinUtilization: 0.5}, {Name: "y", Size: 3},
		}},
		{Kind: hwmodel.Memory, Name: "L1", Keep: hwmodel.TensorSet{"B"}, SizeBits: 64},
		{Kind: hwmodel.Compute, Name: "MAC"},
	}}, &e
}

// nest writes a mapping in few letters: "L2:A m4 PE.x:n2".
func nest(t *testing.T, text string) *mapping.Mapping {
	t.Helper()
	var b strings.Builder
	b.WriteString("nodes:\n")
	for _, word := range strings.Fields(text) {
		left, right, colon := strings.Cut(word, ":")
		switch {
		case colon && strings.Contains(left, "."):
			b.WriteString("- {par: " + left + ", for: " + right[:1] + ", in: " + right[1:] + "}\n")
		case colon:
			b.WriteString("- {keep: " + left + ", tensor: " + right + "}\n")
		default:
			b.WriteString("- {for: " + word[:1] + ", in: " + word[1:] + "}\n")
		}
	}
	m, err := mapping.Parse([]byte(b.String()), "nest")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestRules breaks each rule of definition.md section 2 once. Node is the number that the message gives, from 1; 0: none.
func TestRules(t *testing.T) {
	arch, e := small(t)
	p, err := model.Compile(arch, e)
	if err != nil {
		t.Fatal(err)
	}
	const top = "DRAM:A DRAM:B DRAM:Z "
	for _, c := range []struct {
		name, nest string
		rule, node int // rule -1: valid
		what       string
	}{
		{"valid", top + "m4 L2:A k2 PE.x:n2 PE.y:n3 L1:B", -1, 0, ""},
		{"valid, loops of one pass anywhere", "b1 m1 PE.y:b1 " + top + "m4 L2:A PE.x:m1 k2 PE.x:n2 n1 PE.y:n3 L1:B PE.x:b1 k1", -1, 0, ""},
		{"valid, loops in pieces", top + "m2 m2 k2 PE.x:n2 PE.y:n3 L1:B", -1, 0, ""},
		{"memory", top + "m4 L3:A k2 PE.x:n2 PE.y:n3 L1:B", 0, 5, `no memory "L3"`},
		{"array is no memory", top + "m4 PE:A k2 PE.x:n2 PE.y:n3 L1:B", 0, 5, `no memory "PE"`},
		{"tensor", top + "m4 L2:I k2 PE.x:n2 PE.y:n3 L1:B", 0, 5, `no tensor "I"`},
		{"variable", top + "m4 q1 k2 PE.x:n2 PE.y:n3 L1:B", 0, 5, `no rank variable "q"`},
		{"array", top + "m4 k2 PF.x:n2 PE.y:n3 L1:B", 0, 6, "no array dimension PF.x"},
		{"dimension", top + "m4 k2 PE.z:n2 PE.y:n3 L1:B", 0, 6, "no array dimension PE.z"},
		{"dimension, one pass over a single point", top + "m4 k2 PE.z:b1 PE.x:n2 PE.y:n3 L1:B", 0, 6, "no array dimension PE.z"},
		{"single point cut", top + "m4 b2 k2 PE.x:n2 PE.y:n3 L1:B", 1, 5, "loop over b cuts by 2, its size is 1"},
		{"not a divisor", top + "m3 k2 PE.x:n2 PE.y:n3 L1:B", 1, 4, "cuts by 3, which does not divide the extent 4"},
		{"too little", top + "m2 k2 PE.x:n2 PE.y:n3 L1:B", 1, 0, "loops over m multiply to 2, its size is 4"},
		{"too much", top + "m4 k2 m2 PE.x:n2 PE.y:n3 L1:B", 1, 6, "cuts by 2, which does not divide the extent 1"},
		{"not kept outermost", "DRAM:A DRAM:Z m4 k2 PE.x:n2 PE.y:n3 L1:B", 2, 0, "outermost memory DRAM does not keep B"},
		{"outermost under a loop", "DRAM:A DRAM:B m4 DRAM:Z k2 PE.x:n2 PE.y:n3 L1:B", 2, 4, "above all loops"},
		{"outermost under a spatial loop", "DRAM:A DRAM:B PE.x:n2 DRAM:Z m4 k2 PE.y:n3 L1:B", 4, 3, "wrong side of the storage node of DRAM for Z"},
		{"inside out", top + "m4 k2 n6 L1:B L2:A", 3, 8, "L2 stands inside a storage node of L1"},
		{"twice", top + "m4 L2:A k2 L2:A PE.x:n2 PE.y:n3 L1:B", 3, 7, "L2 keeps A twice"},
		{"twice, after a dropped loop", top + "b1 m4 L2:A k2 L2:A PE.x:n2 PE.y:n3 L1:B", 3, 8, "L2 keeps A twice"},
		{"has to keep", top + "m4 k2 PE.x:n2 PE.y:n3", 3, 0, "memory L1 has to keep B"},
		{"may not keep", top + "m4 L2:B k2 PE.x:n2 PE.y:n3 L1:B", 3, 0, "memory L2 may not keep B"},
		{"may not keep beside must", top + "m4 k2 PE.x:n2 PE.y:n3 L1:A L1:B", 3, 0, "memory L1 may not keep A"},
		{"array under a memory below it", top + "m4 k2 PE.x:n2 L1:B PE.y:n3", 4, 8, "array PE stands on the wrong side of the storage node of L1 for B"},
		{"array over a memory above it", top + "PE.x:n2 m1 L2:A m4 k2 PE.y:n3 L1:B", 4, 4, "array PE stands on the wrong side of the storage node of L2 for A"},
		{"temporal under spatial", top + "m4 PE.x:n2 k2 PE.y:n3 L1:B", 4, 6, "temporal loop over k below a loop of array PE in the same gap"},
		{"only_reuse", top + "k2 n3 PE.x:m2 PE.y:m2 L1:B n2", 4, 6, "a loop over m changes A, which dimension PE.x may only reuse"},
		{"wider than the array", top + "m2 k2 PE.y:m2 PE.x:n2 PE.y:n3 L1:B", 4, 0, "loops use 6 instances of PE.y, which has 3"},
		{"wider by one", top + "k2 n3 PE.y:m4 PE.x:n2 L1:B", 4, 0, "loops use 4 instances of PE.y, which has 3"},
		{"too little used", top + "m4 k2 n2 PE.y:n3 L1:B", 4, 0, "loops use 1 of 4 instances of PE.x; at least 2"},
		// A holds m4 x k2 = 8 values, Z passes m, which is relevant, and holds n6 = 6.
		{"capacity", top + "L2:A L2:Z m4 k2 PE.x:n2 PE.y:n3 L1:B", 5, 0, "memory L2 holds 100 bits and would need 112 (12 too many)"},
	} {
		cost, err := model.Evaluate(p, nest(t, c.nest))
		if c.rule < 0 {
			if err != nil || cost.MACs != 48 {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		var bad *model.InvalidError
		if !errors.As(err, &bad) {
			t.Errorf("%s: got %v", c.name, err)
			continue
		}
		if bad.Rule != c.rule || bad.Node != c.node-1 || !strings.Contains(bad.Error(), c.what) {
			t.Errorf("%s: rule %d, node %d: %v; want rule %d, node %d: %s", c.name, bad.Rule, bad.Node+1, bad, c.rule, c.node, c.what)
		}
	}
}

// TestCompileBad checks what an architecture and an Einsum need.
func TestCompileBad(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(a *hwmodel.Arch, e *workload.Einsum)
		want   string
	}{
		{"no memory first", func(a *hwmodel.Arch, _ *workload.Einsum) { a.Nodes = a.Nodes[2:] }, "starts with a memory"},
		{"no compute", func(a *hwmodel.Arch, _ *workload.Einsum) { a.Nodes = a.Nodes[:4] }, "ends with its compute"},
		{"nothing", func(a *hwmodel.Arch, _ *workload.Einsum) { a.Nodes = nil }, "starts with a memory"},
		{"compute inside", func(a *hwmodel.Arch, _ *workload.Einsum) { a.Nodes[1] = a.Nodes[4] }, "compute is the last node"},
		{"outermost bypassed", func(a *hwmodel.Arch, _ *workload.Einsum) { a.Nodes[0].Keep = hwmodel.TensorSet{"A", "Z"} }, "may not keep tensor B"},
		{"no output", func(_ *hwmodel.Arch, e *workload.Einsum) { e.Tensors = e.Tensors[:2] }, "this one has 0"},
		{"two outputs", func(_ *hwmodel.Arch, e *workload.Einsum) { e.Tensors[0].Output = true }, "this one has 2"},
		{"size 0", func(_ *hwmodel.Arch, e *workload.Einsum) { e.Vars[1].Size = 0 }, "has size 0"},
		{"negative stride", func(_ *hwmodel.Arch, e *workload.Einsum) { e.Tensors[0].Dims[0][0].Coef = -1 }, "tensor A has the term -1"},
		{"no such variable", func(_ *hwmodel.Arch, e *workload.Einsum) { e.Tensors[0].Dims[0][0].Var = 4 }, "variable number 4"},
	} {
		a, e := small(t)
		c.change(a, e)
		if p, err := model.Compile(a, e); p != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

// FuzzEvaluate prices whatever parses as a mapping: a cost that makes sense or an *InvalidError, never a panic.
func FuzzEvaluate(f *testing.F) {
	f.Add([]byte(`{"nodes":[{"keep":"DRAM","tensor":"A"},{"keep":"DRAM","tensor":"B"},{"keep":"DRAM","tensor":"Z"},{"for":"m","in":4},
{"keep":"L2","tensor":"A"},{"for":"k","in":2},{"par":"PE.x","for":"n","in":2},{"par":"PE.y","for":"n","in":3},{"keep":"L1","tensor":"B"}]}`))
	f.Add([]byte(`{"nodes":[{"for":"m","in":9223372036854775807},{"par":"PE.x","for":"b","in":1}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer boundtest.Cost{}.Start(t)()
		m, err := mapping.Parse(data, "m.yaml")
		if err != nil {
			t.Skip()
		}
		arch, e := small(t)
		p, err := model.Compile(arch, e)
		if err != nil {
			t.Fatal(err)
		}
		c, err := model.Evaluate(p, m)
		var bad *model.InvalidError
		switch {
		case errors.As(err, &bad):
			if bad.Rule < 0 || bad.Rule > 5 || bad.Node < -1 || bad.Node >= len(m.Nodes) {
				t.Errorf("%+v", bad)
			}
		case err != nil:
			t.Errorf("%T: %v", err, err)
		case c.MACs != 48 || c.Utilization <= 0 || c.Utilization > 1:
			t.Errorf("%+v", c)
		}
	})
}
