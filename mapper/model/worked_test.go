package model_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
)

// example is a file of testdata/worked: a remark, then sections headed by lines such as "-- arch --".
type example struct {
	problem *model.Problem
	mapping *mapping.Mapping
	want    map[string]float64 // "GB.A reads", "GB energy", "latency" ...
}

func readExample(t *testing.T, file string) example {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sections, name := map[string]string{}, ""
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "-- ") {
			name = strings.Trim(line, "- \n")
			continue
		}
		sections[name] += line
	}
	spec, err := hwmodel.ParseSpec([]byte(sections["arch"]), file)
	if err != nil {
		t.Fatal(err)
	}
	arch, err := spec.Build()
	if err != nil {
		t.Fatal(err)
	}
	net, err := workload.Parse([]byte(sections["workload"]), file)
	if err != nil {
		t.Fatal(err)
	}
	var ex example
	if ex.problem, err = model.Compile(arch, &net.Layers[0].Einsum); err != nil {
		t.Fatal(err)
	}
	if ex.mapping, err = mapping.Parse([]byte(sections["mapping"]), file); err != nil {
		t.Fatal(err)
	}
	ex.want = map[string]float64{}
	for line := range strings.Lines(sections["want"]) {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		var x float64
		if _, err := fmt.Sscan(f[len(f)-1], &x); err != nil {
			t.Fatalf("%s: %q: %v", file, line, err)
		}
		ex.want[strings.Join(f[:len(f)-1], " ")] = x
	}
	return ex
}

// TestWorked checks examples worked out by hand, the arithmetic beside each number. AccelForge gives the same
// totals.
func TestWorked(t *testing.T) {
	files, err := filepath.Glob("testdata/worked/*.txt")
	if err != nil || len(files) < 6 {
		t.Fatalf("found %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			ex := readExample(t, file)
			c, err := model.Evaluate(ex.problem, ex.mapping)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]float64{"energy": c.EnergyJ, "latency": c.LatencyS, "utilization": c.Utilization}
			for _, k := range c.Components {
				got[k.Name+" energy"], got[k.Name+" busy"], got[k.Name+" leakage"] = k.EnergyJ, k.BusyS, k.LeakageJ
				for _, tr := range k.Tensors {
					name := k.Name + "." + tr.Tensor
					got[name+" reads"], got[name+" writes"], got[name+" occupies"] = tr.ReadBits, tr.WriteBits, tr.PeakBits
					for _, what := range []string{" reads", " writes", " occupies"} {
						if _, ok := ex.want[name+what]; !ok {
							t.Errorf("the example does not say what %s%s", name, what)
						}
					}
				}
			}
			for what, want := range ex.want {
				if x, ok := got[what]; !ok || math.Abs(x-want) > 1e-12*want {
					t.Errorf("%s %v, want %v", what, x, want)
				}
			}
			if c.EDPJs != c.EnergyJ*c.LatencyS {
				t.Errorf("EDP %v is not energy x latency", c.EDPJs)
			}
		})
	}
}
