package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const modelledArch = `
name: a
technology: 45nm
clock: 1GHz
nodes:
  - {memory: DRAM, size: unlimited, keep: all, model: dram, type: LPDDR4}
  - {memory: GLB, size: 128KiB, width: 128b, banks: 4, model: sram}
  - {array: PE, model: noc, pitch: 50um, dims: [{name: x, size: 4}]}
  - {memory: RF, size: 32B, width: 16b, model: sram, ports: separate}
  - {compute: MAC, model: mac}
`

// script is an estimator that knows SRAM's area and counts its runs.
const script = `#!/bin/sh
read query
echo run >> "$(dirname "$0")/runs"
case "$query" in
*'"model":"sram"'*) echo '{"figures": [{"field": "area", "value": 2e-6, "source": "a compiler"}]}' ;;
*'"model":"mac"'*) exit 3 ;;
*) echo '{"unsupported": "sram only"}' ;;
esac
`

type costOutput struct {
	AreaMM2    float64 `json:"area_mm2"`
	Warnings   []string
	Components []struct {
		Name      string
		Instances float64
		AreaMM2   float64 `json:"area_mm2"`
		LeakageW  float64 `json:"leakage_w"`
		Actions   map[string]struct {
			EnergyJ float64 `json:"energy_j"`
			Bits    float64
		}
		Source struct {
			Method  string
			Figures map[string]struct {
				Value  float64
				Origin struct{ Method, Source, Table, SHA256 string }
			}
		}
	}
}

// TestCost: every component is there with its figures and where each is from, the total multiplies instances, and
// map --json repeats it.
func TestCost(t *testing.T) {
	files(t, map[string]string{"a.yaml": modelledArch, "net.yaml": "name: n\nlayers:\n  - {name: l, matmul: {M: 4, K: 8, N: 4}}\n"})
	status, out, errs := call(t, "cost", "--arch", "a.yaml", "--json")
	var got costOutput
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != 0 {
		t.Fatal(status, err, errs)
	}
	var names []string
	var sum float64
	for _, c := range got.Components {
		names = append(names, c.Name)
		sum += c.AreaMM2 * c.Instances
		for field, f := range c.Source.Figures {
			if f.Origin.Method == "" || f.Origin.Source == "" {
				t.Errorf("%s %s has no origin", c.Name, field)
			}
		}
	}
	// cacti_sram.csv: 128 KiB, 128 b, 4 banks, 1rw at 45 nm.
	glb := got.Components[1]
	if strings.Join(names, " ") != "DRAM GLB PE RF MAC" || sum < got.AreaMM2*(1-1e-12) || sum > got.AreaMM2*(1+1e-12) || glb.AreaMM2 != 0.45366 ||
		glb.Actions["read"].EnergyJ != 4.56039e-11 || glb.Actions["read"].Bits != 128 || glb.Source.Figures["area"].Origin.Method != "table" || len(got.Warnings) == 0 {
		t.Errorf("%s\n%s", names, out)
	}
	status, out, _ = call(t, "map", "--arch", "a.yaml", "--workload", "net.yaml", "--json")
	var mapped struct{ Costs costOutput }
	if err := json.Unmarshal([]byte(out), &mapped); err != nil || status != 0 || mapped.Costs.Components[1].AreaMM2 != 0.45366 {
		t.Errorf("map: %v, %d, %+v", err, status, mapped)
	}
	for _, c := range []struct{ args, want string }{
		{"--set GLB.banks=3 --set GLB.size=96KiB", "3 memories of 1 banks"}, {"--set GLB.model=flash", "sram, regfile, dram"}, {"--set GLB.banks", "not PATH=VALUE"},
		{"--set technology=3nm", "5nm to 180nm"}, {"--estimator /no/such", "/no/such"}, {"--estimator sh --estimator-timeout 0s", "above 0"},
	} {
		status, _, errs := call(t, append([]string{"cost", "--arch", "a.yaml"}, strings.Fields(c.args)...)...)
		if want := map[bool]int{true: 0, false: 2}[strings.HasPrefix(c.want, "3 mem")]; status != want || !strings.Contains(errs, c.want) {
			t.Errorf("cost %s: status %d, %s", c.args, status, errs)
		}
	}
}

// TestEstimator: a program's figures come before the tables', what it does not support the tables answer, its failure
// ends the command, and a database keeps all of that.
func TestEstimator(t *testing.T) {
	files(t, map[string]string{"a.yaml": strings.Replace(modelledArch, "compute: MAC, model: mac", "compute: MAC, energy: 1pJ, area: 1um2", 1), "b.yaml": modelledArch})
	if err := os.WriteFile("e.sh", []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	dir, _ := os.Getwd()
	program := filepath.Join(dir, "e.sh")
	runs := func() int {
		data, _ := os.ReadFile("runs")
		return strings.Count(string(data), "run")
	}
	for range 2 { // the second time from the database
		status, out, errs := call(t, "cost", "--arch", "a.yaml", "--json", "--estimator", program, "--estimator-cache", "c.db")
		var got costOutput
		if err := json.Unmarshal([]byte(out), &got); err != nil || status != 0 {
			t.Fatal(status, err, errs)
		}
		area, read := got.Components[1].Source.Figures["area"], got.Components[1].Source.Figures["read.energy"]
		if area.Value != 2e-6 || area.Origin.Method != "external" || !strings.Contains(area.Origin.Source, "a compiler") || read.Origin.Table != "cacti_sram.csv" || runs() != 4 {
			t.Errorf("%+v, %+v, %d runs", area, read, runs())
		}
	}
	for i, args := range [][]string{nil, nil, {"--estimator-retry"}} {
		status, _, errs := call(t, append([]string{"cost", "--arch", "b.yaml", "--estimator", program, "--estimator-cache", "c.db"}, args...)...)
		if status == 0 || !strings.Contains(errs, "exit status 3") || strings.Contains(errs, "remembered") != (i == 1) {
			t.Errorf("failing estimator, call %d: status %d, %s", i, status, errs)
		}
	}
	if runs() != 6 { // the MAC asked, remembered, asked again
		t.Errorf("%d runs", runs())
	}
}
