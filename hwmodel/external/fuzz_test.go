package external

import (
	"encoding/json"
	"math"
	"testing"

	"tcmdse/hwmodel/estimate"
	"tcmdse/internal/boundtest"
)

// FuzzAnswer: whatever a program prints is an answer whose figures can be reckoned with, or a failure; what is remembered
// of it reads back.
func FuzzAnswer(f *testing.F) {
	for _, text := range []string{
		`{"figures": [{"field": "area", "value": 1e-6, "source": "s"}, {"field": "leakage", "value": 0, "source": "s", "note": "n", "error_p95": 0.1}]}`,
		`{"figures": [{"field": "read_energy", "value": 1e-12, "source": "s"}], "warnings": ["w"]}`,
		`{"figures": [{"field": "energy", "value": 1e400, "source": "s"}]}`,
		`{"unsupported": "no"}`, `{"error": "no"}`, `{"figures": []}`, `[]`, `{} {}`, ``, `{"figure": 1}`,
	} {
		for _, model := range []string{estimate.SRAM, estimate.MAC, estimate.NoC} {
			f.Add([]byte(text), model)
		}
	}
	f.Fuzz(func(t *testing.T, out []byte, model string) {
		defer boundtest.Cost{}.Start(t)()
		r, err := read(out, model)
		if err != nil {
			return
		}
		if len(r.Figures) == 0 && r.Unsupported == "" {
			t.Error("neither figures nor a refusal")
		}
		for _, x := range r.Figures {
			if v := *x.Value; math.IsNaN(v) || math.IsInf(v, 0) || v < 0 || math.IsNaN(x.ErrorP95) || x.ErrorP95 < 0 || x.Source == "" {
				t.Errorf("%+v", x)
			}
		}
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var back record
		if err := json.Unmarshal(data, &back); err != nil || len(back.Figures) != len(r.Figures) {
			t.Errorf("%s reads back as %+v, %v", data, back, err)
		}
	})
}
