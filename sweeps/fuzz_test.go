package sweeps

import (
	"errors"
	"math"
	"strings"
	"testing"

	"tcmdse/internal/boundtest"
	"tcmdse/internal/yamlsrc"
)

// FuzzSweep: any file is a sweep or an error that names its place; its first candidates come without a panic and in
// bounded time, with finite parameters.
func FuzzSweep(f *testing.F) {
	for _, name := range Names() {
		data, err := PresetYAML(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	for _, text := range []string{
		"name: a\narch: edge\nworkloads: [resnet18]\naxes: [{path: GLB.size, pow2: [1KiB, 1MiB]}, {path: PE.x, range: [1, 64, 3]}]\nwhere: ['GLB.size > 4 * PE.x * 1KiB']\n",
		"name: a\narch: edge\nworkloads: [resnet18]\naxes: [{path: GLB.read.energy, logspace: [0.1pJ/bit, 10pJ/bit, 5]}, {zip: [{path: PE.x, values: [2, 4]}, {path: PE.y, same: PE.x}]}]\nsample: {method: lhs, count: 7, seed: 1}\n",
		"name: a\narch: edge\nworkloads: [{name: resnet18, layers: ['l*']}]\naxes: [{path: PE.x, linspace: [1, 9, 5]}, {path: PE.y, derive: 'PE.x ^ 2'}]\ninclude: [{PE.x: 3}]\nexclude: ['PE.x == 5']\nbudget: {area: 3mm2, max_candidates: 100}\n",
		"name: a\narch: edge\nworkloads: [resnet18]\naxes: [{path: PE.x, range: [1, 9223372036854775807]}]\nsample: {method: sobol, count: 9}\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer boundtest.Cost{}.Start(t)()
		if strings.Contains(text, "/") { // files beside the sweep, which a fuzzer has no business to read
			t.Skip()
		}
		s, err := Parse([]byte(text), "f.yaml", t.TempDir(), nil)
		if err != nil {
			var bad *yamlsrc.Error
			if !errors.As(err, &bad) {
				t.Errorf("%T: %v", err, err)
			}
			return
		}
		if s.Raw().IsInt64() && s.Raw().Int64() <= 20_000 {
			n := 0
			for c, err := range s.Candidates() {
				if err != nil {
					break
				}
				for i := range c.Arch.Nodes {
					if x := c.Arch.Nodes[i].AreaM2; math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
						t.Errorf("area %g of %s", x, c.Arch.Nodes[i].Name)
					}
				}
				if n++; n > 200 {
					break
				}
			}
		}
	})
}
