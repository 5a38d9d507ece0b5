package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tcmdse/hwmodel"
)

// call runs a command in this process.
func call(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = Main(context.Background(), args, &o, &e)
	return status, o.String(), e.String()
}

// files writes files into a new folder and makes it the current one.
func files(t *testing.T, contents map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range contents {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const smallSweep = `
name: small
arch: edge
workloads: [net.yaml]
axes:
  - {path: PE.x, values: [2, 4]}
  - {zip: [{path: GLB.size, values: [1KiB, 4KiB]}, {path: GLB.area, values: [0.1mm2, 0.4mm2]}]}
`

const smallNet = `
name: net
layers:
  - {name: a, matmul: {M: 8, K: 16, N: 4}, count: 2}
  - {name: b, conv: {C: 4, M: 4, P: 6, Q: 6, R: 3, S: 3}}
`

// TestUsage: wrong calls and bad input exit with 2, say what is allowed, and write nothing.
func TestUsage(t *testing.T) {
	files(t, map[string]string{
		"unknown.yaml": "name: a\narch: edge\nworkloads: [resnet18]\naxis: []\n",
		"garbage.yaml": "\x00{{{",
		"cycle.yaml":   "name: a\nnodes: &a [*a]\n",
		"case.yaml":    "name: a\narch: edge\nArch: edge\nworkloads: [resnet18]\n",
		"net.yaml":     smallNet,
		"arch.yaml":    "name: a\nnodes:\n  - {memory: D, size: unlimited, keep: all}\n  - {memory: G, size: 64}\n  - {compute: M}\n",
		"wrong.yaml":   "nodes: [{keep: DRAM, tensor: I}]",
		"other.json":   `{"layers": [{"layer": "b", "mapping": {"nodes": []}}]}`,
	})
	before, _ := os.ReadDir(".")
	for _, c := range []struct {
		args string
		want string
	}{
		{"swep", "Did you mean"},
		{"map --arch edge", `"workload" not set`},
		{"map --arch edge --workload resnet18 --objektive edp", "unknown flag: --objektive, did you mean --objective"},
		{"map --arch edge --workload resnet18 --xyzzy", "unknown flag: --xyzzy; tcmdse map --help lists the flags"},
		{"map --arch edge --workload resnet18 --objective enrgy", `unknown objective "enrgy", did you mean "energy"; there are edp, energy, latency, front, network-edp`},
		{"sweep --objective enrgy", `--objective: unknown objective "enrgy", did you mean "energy"`},
		{"sweep --set objective=enrgy", `--set objective=enrgy: unknown objective, did you mean "energy"`},
		{"slurm default --shards 2 --dry-run --objective enrgy", `--objective: unknown objective "enrgy", did you mean "energy"`},
		{"show resnet81", `nothing called "resnet81" is embedded, did you mean "resnet18"`},
		{"query x.db q --format tabel", `unknown format "tabel", did you mean "table"`},
		{"lst", "list"},
		{"map --arch edge --workload resnet18 --objective speed", "edp, energy, latency"},
		{"map --arch edg --workload resnet18", `did you mean "edge"`},
		{"map --arch edge --workload resnet81", `did you mean "resnet18"`},
		{"map --arch edge --workload net.yaml --layer c", "it has a, b"},
		{"map --arch arch.yaml --workload net.yaml", "arch.yaml:4: nodes[1].size: a number without a unit"},
		{"evaluate --arch edge --workload net.yaml --layer a --mapping wrong.yaml", "wrong.yaml"},
		{"evaluate --arch edge --workload net.yaml --layer a --mapping none.yaml", "none.yaml"},
		{"evaluate --arch edge --workload net.yaml --layer a --mapping other.json", `other.json: layers: no mapping of this layer; given "a"; allowed: b`},
		{"sweep none.yaml", "no file none.yaml and no embedded sweep"},
		{"sweep unknown.yaml", `unknown.yaml:4: axis: unknown key "axis", did you mean "axes"`},
		{"sweep garbage.yaml", "not valid YAML"},
		{"sweep case.yaml", "differs from"},
		{"sweep --set PE.q=3", `tcmdse: --set PE.q=3: architecture eyeriss has nothing called "PE.q", did you mean`},
		{"sweep --set where=1", "--set where=1: where is of the sweep file, where --set does not reach it; allowed: name, arch, workloads, objective"},
		{"cost --arch eyeriss --set PE.q=3", `tcmdse: --set PE.q=3: architecture eyeriss has nothing called "PE.q", did you mean`},
		{"cost --arch eyeriss --set clock=1GHz --set GLB.size=0B", "tcmdse: --set GLB.size=0B: not a size; allowed: "},
		{"sweep --set PE.x", "not PATH=VALUE"},
		{"sweep --jobs 0", "--jobs"},
		{"check cycle.yaml", "alias stands inside"},
		{"show nothing", "tcmdse list"},
		{"list arch", `tcmdse list: unknown "arch", did you mean "archs"; there are archs, workloads, sweeps`},
		{"query none.db x", "no such file"},
		{"query net.yaml x", "net.yaml"},
		{"report none.db", "no such file"},
	} {
		status, out, errs := call(t, strings.Fields(c.args)...)
		if status != 2 || !strings.Contains(errs, c.want) || out != "" {
			t.Errorf("%s: exit %d, want 2 and %q\nstdout %q\nstderr %s", c.args, status, c.want, out, errs)
		}
	}
	if after, _ := os.ReadDir("."); len(after) != len(before) {
		t.Errorf("bad calls left files: %v", after)
	}
}

func TestInfeasible(t *testing.T) {
	files(t, map[string]string{"net.yaml": smallNet, "arch.yaml": "name: a\nnodes:\n  - {memory: D, size: unlimited, keep: all}\n  - {memory: G, size: 4b, keep: weights}\n  - {compute: M}\n"})
	status, _, errs := call(t, "map", "--arch", "arch.yaml", "--workload", "net.yaml")
	if status != 1 || !strings.Contains(errs, "memory G holds 4 bits") || !strings.Contains(errs, "needs 8 (4 too many)") {
		t.Errorf("exit %d, %s", status, errs)
	}
}

// TestMapEvaluate: a mapping printed by map --json is accepted back unchanged and gives the same figures.
func TestMapEvaluate(t *testing.T) {
	files(t, map[string]string{"net.yaml": smallNet})
	for _, arch := range hwmodel.PresetNames() {
		status, out, errs := call(t, "map", "--arch", arch, "--workload", "net.yaml", "--layer", "b", "--json")
		if status != 0 {
			t.Fatalf("%s: exit %d, %s", arch, status, errs)
		}
		type layer struct {
			EnergyJ  float64         `json:"energy_j"`
			LatencyS float64         `json:"latency_s"`
			EDPJs    float64         `json:"edp_js"`
			Text     string          `json:"text"`
			Mapping  json.RawMessage `json:"mapping"`
			Search   *struct {
				Optimal bool    `json:"optimal"`
				Log10   float64 `json:"mapspace_log10"`
			} `json:"search"`
			Components []map[string]any `json:"components"`
		}
		var a, b struct {
			AreaMM2 float64 `json:"area_mm2"`
			Layers  []layer `json:"layers"`
			Network struct {
				EDPJs float64 `json:"edp_js"`
			} `json:"network"`
		}
		if err := json.Unmarshal([]byte(out), &a); err != nil {
			t.Fatal(err)
		}
		l := a.Layers[0]
		if l.Search == nil || !l.Search.Optimal || l.Search.Log10 <= 0 || a.AreaMM2 <= 0 || !strings.Contains(l.Text, "keeps") || l.EDPJs != l.EnergyJ*l.LatencyS {
			t.Errorf("%s: %s", arch, out)
		}
		os.WriteFile("m.json", l.Mapping, 0o644)
		os.WriteFile("all.json", []byte(out), 0o644) // the whole output serves as well
		if status, _, errs := call(t, "evaluate", "--arch", arch, "--workload", "net.yaml", "--layer", "b", "--mapping", "all.json"); status != 0 {
			t.Errorf("%s: whole output: exit %d, %s", arch, status, errs)
		}
		status, out, errs = call(t, "evaluate", "--arch", arch, "--workload", "net.yaml", "--layer", "b", "--mapping", "m.json", "--json")
		if err := json.Unmarshal([]byte(out), &b); err != nil || status != 0 {
			t.Fatalf("%s: exit %d, %v, %s", arch, status, err, errs)
		}
		if b.Layers[0].EnergyJ != l.EnergyJ || b.Layers[0].LatencyS != l.LatencyS || string(b.Layers[0].Mapping) == "" || b.Layers[0].Text != l.Text {
			t.Errorf("%s: evaluate gives %v, map gave %v", arch, b.Layers[0], l)
		}
	}
}

// TestPresetDataflows: what share of an embedded architecture works on a layer is what its dataflow allows: all of it on a
// convolution that DRAM does not limit, and on a depthwise one only what needs no second input or output channel.
func TestPresetDataflows(t *testing.T) {
	files(t, map[string]string{"net.yaml": `
name: net
layers:
  - {name: plain, conv: {C: 512, M: 512, P: 64, Q: 64, R: 5, S: 5}}
  - {name: depthwise, einsum: "O[c,p,q] = I[c,p+r,q+s] * W[c,r,s]", sizes: {c: 256, p: 16, q: 16, r: 3, s: 3}}
`})
	for _, c := range []struct {
		arch             string
		plain, depthwise float64
	}{
		{"tpu_v1", 1, 9.0 / 65536}, // 3 x 3 products of one channel are summed in a column; no second column shares them
		{"gemmini", 1, 9.0 / 256},
		{"diannao", 1, 9.0 / 256},
		{"shidiannao", 1, 1}, // an output an element, of any channel
		{"edge_npu", 1, 9.0 / 16},
	} {
		for layer, want := range map[string]float64{"plain": c.plain, "depthwise": c.depthwise} {
			status, out, errs := call(t, "map", "--arch", c.arch, "--workload", "net.yaml", "--layer", layer, "--objective", "latency", "--json")
			var d struct {
				Layers []struct {
					Utilization float64 `json:"utilization"`
				} `json:"layers"`
			}
			if err := json.Unmarshal([]byte(out), &d); status != 0 || err != nil || len(d.Layers) != 1 {
				t.Fatalf("%s %s: exit %d, %v, %s", c.arch, layer, status, err, errs)
			}
			if u := d.Layers[0].Utilization; math.Abs(u-want) > 1e-9 {
				t.Errorf("%s %s: %g of the array works, want %g", c.arch, layer, u, want)
			}
		}
	}
}

// TestSweep: files, table, JSON, resume, report and query of a small sweep.
func TestSweep(t *testing.T) {
	files(t, map[string]string{"s.yaml": smallSweep, "net.yaml": smallNet})
	status, out, errs := call(t, "sweep", "s.yaml", "--out", "o")
	if status != 0 || !strings.Contains(out, "4 candidates") || !strings.Contains(out, "PE.x") {
		t.Fatalf("exit %d\n%s\n%s", status, out, errs)
	}
	for _, f := range []string{"results.db", "report.xlsx", "report.html"} {
		if st, err := os.Stat(filepath.Join("o", f)); err != nil || st.Size() < 1000 {
			t.Errorf("%s: %v", f, err)
		}
	}
	status, out, _ = call(t, "sweep", "s.yaml", "--out", "o", "--json")
	var doc struct {
		Candidates, Reused int
		Fronts             []struct {
			Designs []struct {
				EDPJs float64 `json:"edp_js"`
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || status != 0 || doc.Candidates != 4 || doc.Reused != 4 || len(doc.Fronts[0].Designs) == 0 {
		t.Errorf("exit %d, %v\n%s", status, err, out)
	}
	_, out, _ = call(t, "query", "o/results.db", "SELECT count(*) AS n, sum(optimal) AS proved FROM layer_result", "--format", "csv")
	if out != "n,proved\n8,8\n" {
		t.Errorf("query: %q", out)
	}
	_, out, _ = call(t, "query", "o/results.db", "SELECT min(edp_js) AS edp FROM front", "--format", "json")
	var rows []struct{ EDP float64 }
	if err := json.Unmarshal([]byte(out), &rows); err != nil || math.Abs(rows[0].EDP-doc.Fronts[0].Designs[len(doc.Fronts[0].Designs)-1].EDPJs) > 0 {
		t.Errorf("query json: %v %s", err, out)
	}
	if status, _, errs := call(t, "query", "o/results.db", "DELETE FROM sweeps"); status != 2 || !strings.Contains(errs, "only reading") {
		t.Errorf("delete: exit %d, %s", status, errs)
	}
	if status, _, errs := call(t, "report", "o/results.db", "-o", "r.xlsx", "--html", "r.html", "--csv", "csv"); status != 0 {
		t.Errorf("report: exit %d, %s", status, errs)
	}
	for _, f := range []string{"r.xlsx", "r.html", "csv/candidates.csv", "csv/layers.csv"} {
		if _, err := os.Stat(f); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat("o2"); err == nil {
		t.Error("dry run")
	}
	if status, out, _ := call(t, "sweep", "s.yaml", "--out", "o2", "--dry-run"); status != 0 || !strings.Contains(out, "4 candidates") {
		t.Errorf("dry run: exit %d, %s", status, out)
	}
	if _, err := os.Stat("o2"); err == nil {
		t.Error("a dry run wrote files")
	}
}

// TestEmbedded: everything listed can be shown and checks.
func TestEmbedded(t *testing.T) {
	files(t, nil)
	for _, kind := range []string{"archs", "workloads", "sweeps"} {
		_, out, _ := call(t, "list", kind)
		for _, name := range strings.Fields(out) {
			status, text, errs := call(t, "show", name)
			if status != 0 {
				t.Fatal(name, errs)
			}
			os.WriteFile("x.yaml", []byte(text), 0o644)
			if kind == "sweeps" {
				continue // its check times mappings; TestSweep covers that
			}
			if status, _, errs := call(t, "check", "x.yaml"); status != 0 {
				t.Errorf("check %s: %s", name, errs)
			}
		}
	}
	status, out, _ := call(t, "cost", "--arch", "eyeriss", "--json")
	if status != 0 || !strings.Contains(out, `"instances": 168`) || !strings.Contains(out, "cacti_sram.csv") {
		t.Errorf("cost: %s", out)
	}
}

// TestInterrupt sends SIGINT to a running sweep: exit 130, what is done is kept, and the same command goes on.
func TestInterrupt(t *testing.T) {
	if os.Getenv("TCMDSE_CHILD") != "" {
		os.Exit(Main(context.Background(), strings.Fields(os.Getenv("TCMDSE_CHILD")), os.Stdout, os.Stderr))
	}
	files(t, nil)
	child := exec.Command(os.Args[0], "-test.run", "^TestInterrupt$")
	child.Env = append(os.Environ(), "TCMDSE_CHILD=sweep --out o --jobs 1")
	var errs bytes.Buffer
	child.Stderr = &errs
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(3 * time.Second)
	child.Process.Signal(syscall.SIGINT)
	child.Wait()
	if child.ProcessState.ExitCode() != 130 || !strings.Contains(errs.String(), "run the same command to go on") {
		t.Fatalf("exit %d, %s", child.ProcessState.ExitCode(), errs.String())
	}
	_, out, e := call(t, "query", "o/results.db", "SELECT count(*) FROM candidate", "--format", "csv")
	if n := strings.Fields(out); len(n) != 2 || n[1] == "0" || n[1] == "108" {
		t.Errorf("%s candidates kept; want some and not all (%s)", out, e)
	}
}
