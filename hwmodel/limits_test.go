package hwmodel

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"tcmdse/hwmodel/estimate"
)

// TestExternalOutOfRange: what an external estimator answers is held to the limits of files.
func TestExternalOutOfRange(t *testing.T) {
	for value, want := range map[float64]string{
		1e300:       "GLB.area: comes to 1e+300 m2, which is too large or too small",
		5e-324:      "GLB.area: comes to 4.941e-324 m2",
		math.Inf(1): "GLB.area: comes to +Inf m2",
		math.NaN():  "GLB.area: comes to NaN m2",
		-1:          "GLB.area: comes to -1 m2",
		1e-6:        "",
	} {
		s, err := ParseSpec([]byte(`
name: a
technology: 45nm
clock: 1GHz
nodes:
  - {memory: DRAM, size: unlimited}
  - {memory: GLB, size: 64KiB, width: 64b, model: sram}
  - {compute: MAC}
`), "a.yaml")
		if err != nil {
			t.Fatal(err)
		}
		s.UseExternal(func(estimate.Query) (estimate.Cost, error) {
			return estimate.Cost{Figures: []estimate.Figure{{Field: "area", Value: value, Origin: estimate.Origin{Method: estimate.External}}}}, nil
		})
		a, err := s.Build()
		if want == "" && err == nil && a.Nodes[1].AreaM2 == value {
			continue
		}
		if err == nil || want == "" || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "a.yaml:7") || !strings.Contains(err.Error(), "allowed: 0, or 1e-50") {
			t.Errorf("%g: %v, want %q", value, err, want)
		}
	}
}

// TestLimitsHold: at the corners of the limits the figures that limits.go works out are finite and not lost.
func TestLimitsHold(t *testing.T) {
	const bits, instances, count = 0x1p148, 0x1p62, 0x1p63
	longest := bits / Least
	most := bits*Most + Most*instances*longest
	if edp := most * count * longest * count * 1e6; math.IsInf(edp, 0) { // a thousand such layers
		t.Errorf("an EDP is %v", edp)
	}
	shortest := 1 / Most
	if edp := Least * shortest * shortest; !(edp > 0x1p-1022) { // leakage alone, for the shortest time
		t.Errorf("an EDP is %v", edp)
	}
	for x, want := range map[float64]bool{0: true, Least: true, Most: true, 1: true, math.Nextafter(Least, 0): false, math.Nextafter(Most, 1e51): false,
		-1: false, math.Inf(1): false, 5e-324: false} {
		if inRange(x) != want {
			t.Errorf("%g: %v", x, !want)
		}
	}
	if inRange(math.NaN()) {
		t.Error("NaN is in range")
	}
}

// TestMostInstances: 2^62 instances are what messages allow, and are taken; one more doubling is not.
func TestMostInstances(t *testing.T) {
	for sizes, ok := range map[[2]int64]bool{{1 << 32, 1 << 30}: true, {1 << 62, 1}: true, {1 << 31, 1<<31 + 1}: false, {1 << 62, 2}: false} {
		_, err := ParseSpec(fmt.Appendf(nil, `
name: a
nodes:
  - {memory: DRAM, size: unlimited}
  - {array: PE, dims: [{name: x, size: %d}, {name: y, size: %d}]}
  - {compute: MAC}
`, sizes[0], sizes[1]), "a.yaml")
		if (err == nil) != ok {
			t.Errorf("%v: %v", sizes, err)
		}
	}
}

// TestSizesAsWritten: the largest size and width that messages name can be written as they name it.
func TestSizesAsWritten(t *testing.T) {
	for size, ok := range map[string]bool{"524288TiB": true, "524289TiB": false} {
		for _, key := range []string{"size: %s", "size: 1KiB, width: %s"} {
			text := "name: a\nnodes:\n  - {memory: DRAM, " + fmt.Sprintf(key, size) + "}\n  - {compute: MAC}\n"
			_, err := ParseSpec([]byte(text), "a.yaml")
			if (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "524288TiB") {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}
