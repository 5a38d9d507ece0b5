package mapper

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/mapper/workload"
)

func mem(name string, bits int64, e, bw, leak float64, keep, may hwmodel.TensorSet) hwmodel.Node {
	a := hwmodel.Access{EnergyJPerBit: e * 1e-12, BandwidthBitPerS: bw * 1e9}
	return hwmodel.Node{Name: name, SizeBits: bits, Keep: keep, MayKeep: may, Read: a, Write: a, LeakageW: leak * 1e-3}
}
func archs() map[string]*hwmodel.Arch {
	all := hwmodel.TensorSet{"all"}
	mac := func(e, l float64) hwmodel.Node {
		return hwmodel.Node{Kind: hwmodel.Compute, Name: "MAC", EnergyJ: e * 1e-12, ThroughputPerS: 1e9, LeakageW: l * 1e-3}
	}
	pe := func(x, y int64, rx, ry string) hwmodel.Node {
		d := []hwmodel.Dim{{Name: "x", Size: x, Multicast: all}, {Name: "y", Size: y, Multicast: all}}
		if rx != "" {
			d[0].OnlyReuse, d[1].OnlyReuse = hwmodel.TensorSet{rx}, hwmodel.TensorSet{ry}
		}
		return hwmodel.Node{Kind: hwmodel.Array, Name: "PE", Dims: d}
	}
	three := func(rx, ry string) *hwmodel.Arch {
		return &hwmodel.Arch{Nodes: []hwmodel.Node{mem("DRAM", 0, 64, 128, 0, all, nil), mem("GLB", 131072*8, 2, 1024, 8, nil, all), pe(16, 16, rx, ry),
			mem("RF", 512*8, .25, 48, .02, nil, all), mac(2, .01)}}
	}
	return map[string]*hwmodel.Arch{
		"two-level.yaml":   {Nodes: []hwmodel.Node{mem("DRAM", 0, 100, 64, 0, all, nil), mem("GLB", 131072*8, 1, 256, 0, nil, all), mac(1, 0)}},
		"three-level.yaml": three("inputs", "outputs"),
		"three-free.yaml":  three("", ""),
		"four.yaml": {Nodes: []hwmodel.Node{mem("DRAM", 0, 64, 128, 0, all, nil), mem("L2", 1048576*8, 6, 1024, 8, nil, all),
			{Kind: hwmodel.Array, Name: "CL", Dims: []hwmodel.Dim{{Name: "z", Size: 4, Multicast: all}}},
			mem("GLB", 65536*8, 2, 1024, 8, nil, all), pe(16, 16, "inputs", "outputs"),
			mem("RF", 512*8, .25, 48, .02, nil, all), mac(2, .01)}},
		"three-scratchpads.yaml": {Nodes: []hwmodel.Node{mem("DRAM", 0, 64, 128, 0, all, nil), mem("GLB", 131072*8, 2, 1024, 8, nil, all), pe(14, 12, "weights", "outputs"),
			mem("ISP", 24*8, .125, 16, .001, hwmodel.TensorSet{"inputs"}, nil), mem("WSP", 384*8, .25, 16, .005, hwmodel.TensorSet{"weights"}, nil), mem("OSP", 32*8, .125, 16, .001, hwmodel.TensorSet{"outputs"}, nil), mac(2, .01)}},
	}
}
func mm(m, k, n int64) *workload.Einsum {
	ix := func(v ...int) (o []workload.Index) {
		for _, x := range v {
			o = append(o, workload.Index{{Coef: 1, Var: x}})
		}
		return
	}
	return &workload.Einsum{Vars: []workload.Var{{Name: "m", Size: m}, {Name: "k", Size: k}, {Name: "n", Size: n}}, Tensors: []workload.Tensor{{Name: "I", Role: "inputs", Bits: 8, Dims: ix(0, 1)}, {Name: "W", Role: "weights", Bits: 8, Dims: ix(1, 2)}, {Name: "O", Role: "outputs", Bits: 8, Output: true, Dims: ix(0, 2)}}}
}
func conv(g, c, m, p, q, r, s, st int64) *workload.Einsum {
	v := func(x int) workload.Index { return workload.Index{{Coef: 1, Var: x}} }
	w := func(a, b int) workload.Index { return workload.Index{{Coef: st, Var: a}, {Coef: 1, Var: b}} }
	return &workload.Einsum{Vars: []workload.Var{{"g", g}, {"c", c / g}, {"m", m / g}, {"p", p}, {"q", q}, {"r", r}, {"s", s}}, Tensors: []workload.Tensor{
		{Name: "I", Role: "inputs", Bits: 8, Dims: []workload.Index{v(0), v(1), w(3, 5), w(4, 6)}}, {Name: "W", Role: "weights", Bits: 8, Dims: []workload.Index{v(0), v(2), v(1), v(5), v(6)}},
		{Name: "O", Role: "outputs", Bits: 8, Output: true, Dims: []workload.Index{v(0), v(2), v(3), v(4)}}}}
}

var layers = map[string]*workload.Einsum{"mm4096": mm(4096, 4096, 4096), "r_conv1": conv(1, 3, 64, 112, 112, 7, 7, 2), "r_l1": conv(1, 64, 64, 56, 56, 3, 3, 1), "r_l2s2": conv(1, 64, 128, 28, 28, 3, 3, 2), "r_l2": conv(1, 128, 128, 28, 28, 3, 3, 1), "r_l3": conv(1, 256, 256, 14, 14, 3, 3, 1),
	"r_l3ds": conv(1, 128, 256, 14, 14, 1, 1, 2), "r_l4s2": conv(1, 256, 512, 7, 7, 3, 3, 2), "r_l4": conv(1, 512, 512, 7, 7, 3, 3, 1), "mb_dw56": conv(128, 128, 128, 56, 56, 3, 3, 1), "mb_dw112s2": conv(64, 64, 64, 56, 56, 3, 3, 2)}

func TestRef(t *testing.T) {
	type c struct {
		Arch, Layer, Objective string
		Optimum                float64
	}
	var cs []c
	b, _ := os.ReadFile("testdata/reference/cases.json")
	json.Unmarshal(b, &cs)
	for _, l := range []string{"mm4096", "r_conv1", "r_l1", "r_l2s2", "r_l2", "r_l3", "r_l4", "mb_dw56"} {
		cs = append(cs, c{os.Getenv("EXTRA"), l, "edp", 0})
	}
	as := archs()
	for _, c := range cs {
		if os.Getenv("ARCH") != "" && os.Getenv("ARCH") != c.Arch || as[c.Arch] == nil {
			continue
		}
		if os.Getenv("LAYER") != "" && os.Getenv("LAYER") != c.Layer {
			continue
		}
		o, _ := ParseObjective(c.Objective)
		r, err := Optimal(context.Background(), as[c.Arch], layers[c.Layer], Options{o})
		if err != nil {
			t.Fatal(err)
		}
		got := map[Objective]float64{EDP: r.Cost.EDPJs, Energy: r.Cost.EnergyJ, Latency: r.Cost.LatencyS}[o]
		if c.Optimum > 0 && (got > c.Optimum*(1+1e-6) || got < c.Optimum*(1-1e-6)) {
			t.Errorf("%s %s %s: %g, want %g", c.Arch, c.Layer, c.Objective, got, c.Optimum)
		}
		fmt.Println(c.Arch, c.Layer, c.Objective, got/c.Optimum, r.Search)
	}
}
