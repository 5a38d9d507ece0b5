package cli

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

type mappedDoc struct {
	Layers []struct {
		Layer    string
		EnergyJ  float64 `json:"energy_j"`
		LatencyS float64 `json:"latency_s"`
		EDPJs    float64 `json:"edp_js"`
		Mapping  json.RawMessage
		Front    []struct {
			EnergyJ  float64 `json:"energy_j"`
			LatencyS float64 `json:"latency_s"`
			EDPJs    float64 `json:"edp_js"`
			Mapping  json.RawMessage
		}
		Search struct {
			Optimal           bool
			Bound, Gap        float64
			Nodes, TileShapes int64
			Dataplacements    float64
			Pruned            map[string]int64
		}
	}
	Network struct {
		EDPJs          float64 `json:"edp_js"`
		PerLayerOptima *struct {
			EDPJs float64 `json:"edp_js"`
		} `json:"per_layer_optima"`
	}
}

func mapJSON(t *testing.T, args string) mappedDoc {
	t.Helper()
	status, out, errs := call(t, strings.Fields("map --json "+args)...)
	var doc mappedDoc
	if err := json.Unmarshal([]byte(out), &doc); err != nil || status != 0 {
		t.Fatalf("%s: exit %d, %v, %s", args, status, err, errs)
	}
	return doc
}

const oddNet = `
name: odd
layers:
  - {name: heads, matmul: {B: 13, M: 14, K: 64, N: 7}}
  - {name: tokens, matmul: {M: 197, K: 31, N: 10}, count: 2}
`

const oddArch = `
name: odd
clock: 1GHz
nodes:
  - {memory: DRAM, size: unlimited, keep: all, read: {energy: 8pJ/bit, bandwidth: 16b/cycle}, write: {energy: 8pJ/bit, bandwidth: 16b/cycle}}
  - {memory: GLB, size: 1KiB, may_keep: all, read: {energy: 1pJ/bit, bandwidth: 64b/cycle}, write: {energy: 1pJ/bit, bandwidth: 64b/cycle}, leakage: 1mW}
  - {array: PE, dims: [{name: x, size: 4}, {name: y, size: 4, only_reuse: outputs}]}
  - {compute: MAC, energy: 1pJ, throughput: 1/cycle, leakage: 0.1mW}
`

// TestObjectives: fronts contain the optima of all objectives, the network's choice is no worse than that of its
// layers, remainders never lose, budgets tell the truth.
func TestObjectives(t *testing.T) {
	files(t, map[string]string{"net.yaml": oddNet, "arch.yaml": oddArch})
	const at = "--arch arch.yaml --workload net.yaml"
	edp, energy := mapJSON(t, at), mapJSON(t, at+" --objective energy")
	latency, front := mapJSON(t, at+" --objective latency"), mapJSON(t, at+" --objective front")
	together, loose := mapJSON(t, at+" --objective network-edp"), mapJSON(t, at+" --imperfect")
	for i := range edp.Layers {
		f := front.Layers[i].Front
		if len(f) == 0 || f[0].LatencyS != latency.Layers[i].LatencyS || f[len(f)-1].EnergyJ != energy.Layers[i].EnergyJ || front.Layers[i].EDPJs != edp.Layers[i].EDPJs {
			t.Errorf("layer %d: front %+v, latency %g, energy %g, edp %g", i, f, latency.Layers[i].LatencyS, energy.Layers[i].EnergyJ, edp.Layers[i].EDPJs)
		}
		s := edp.Layers[i].Search
		if !s.Optimal || s.Gap != 0 || s.Bound == 0 || s.Dataplacements < 1 || len(s.Pruned) == 0 {
			t.Errorf("layer %d: certificate %+v", i, s)
		}
		if loose.Layers[i].EDPJs > edp.Layers[i].EDPJs {
			t.Errorf("layer %d: %g with remainders, %g without", i, loose.Layers[i].EDPJs, edp.Layers[i].EDPJs)
		}
	}
	if n := together.Network; n.PerLayerOptima == nil || n.EDPJs > n.PerLayerOptima.EDPJs || n.EDPJs > edp.Network.EDPJs*(1+1e-12) {
		t.Errorf("network-edp: %+v, layers alone %g", n, edp.Network.EDPJs)
	}
	if loose.Network.EDPJs > 0.9*edp.Network.EDPJs {
		t.Errorf("sizes 13, 197, 31 on an array of 4 x 4: %g with remainders, %g without", loose.Network.EDPJs, edp.Network.EDPJs)
	}
	short := mapJSON(t, at+" --max-nodes 1 --layer heads")
	if s := short.Layers[0].Search; s.Optimal || s.Gap < 0 || s.Bound > edp.Layers[0].EDPJs*(1+1e-12) || short.Layers[0].EDPJs < edp.Layers[0].EDPJs {
		t.Errorf("one node: %+v, value %g, optimum %g", s, short.Layers[0].EDPJs, edp.Layers[0].EDPJs)
	}
}

// TestImperfectMappingBack: a mapping with remainders is accepted back with the same figures; without its mark its
// loops do not multiply to the sizes.
func TestImperfectMappingBack(t *testing.T) {
	files(t, map[string]string{"net.yaml": oddNet, "arch.yaml": oddArch})
	l := mapJSON(t, "--arch arch.yaml --workload net.yaml --imperfect --layer heads").Layers[0]
	if err := os.WriteFile("m.json", l.Mapping, 0o644); err != nil {
		t.Fatal(err)
	}
	args := strings.Fields("evaluate --json --arch arch.yaml --workload net.yaml --layer heads --mapping m.json")
	status, out, errs := call(t, args...)
	var back mappedDoc
	if err := json.Unmarshal([]byte(out), &back); err != nil || status != 0 {
		t.Fatalf("exit %d, %v, %s", status, err, errs)
	}
	if b := back.Layers[0]; b.EnergyJ != l.EnergyJ || b.LatencyS != l.LatencyS {
		t.Errorf("evaluate says %g J, %g s; map %g J, %g s", b.EnergyJ, b.LatencyS, l.EnergyJ, l.LatencyS)
	}
	plain := strings.Replace(string(l.Mapping), `"imperfect": true,`, "", 1)
	if plain == string(l.Mapping) {
		t.Fatalf("no mark in %s", l.Mapping)
	}
	if err := os.WriteFile("m.json", []byte(plain), 0o644); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := call(t, args...); status != 2 || !strings.Contains(errs, "m.json") {
		t.Errorf("without the mark: exit %d, %s", status, errs)
	}
}

// TestVerbose: map -v and evaluate -v print the nest with tiles and shares, the traffic, and what each component costs.
func TestVerbose(t *testing.T) {
	files(t, map[string]string{"net.yaml": smallNet})
	status, out, errs := call(t, "map", "--arch", "eyeriss", "--workload", "net.yaml", "--layer", "b", "-v")
	if status != 0 {
		t.Fatal(errs)
	}
	_, mapping, _ := call(t, "map", "--arch", "eyeriss", "--workload", "net.yaml", "--layer", "b", "--json")
	os.WriteFile("m.json", []byte(mapping), 0o644)
	_, again, _ := call(t, "evaluate", "--arch", "eyeriss", "--workload", "net.yaml", "--layer", "b", "--mapping", "m.json", "-v")
	for _, want := range []string{"\n    loop nest ", " tile ", "\n    DRAM keeps I W O ", " % ", "\n    level  instances       size ", " written", " unlimited ", "\n    component      energy    leakage       busy\n"} {
		if !strings.Contains(out, want) || !strings.Contains(again, want) {
			t.Errorf("no %q in\n%s\nor in\n%s", want, out, again)
		}
	}
}
