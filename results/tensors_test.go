package results

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"tcmdse/internal/boundtest"
)

// TestParseTensors: the quick reader takes what Append writes and agrees with encoding/json on everything.
func TestParseTensors(t *testing.T) {
	for i, c := range [][]TensorTraffic{
		nil, {}, {{"W", 7, 9, 64}}, {{"W", 1e6 / 3, 1e300, 5e-324}, {"", 0, math.MaxFloat64, 0.1}, {"ö,}]", 1, 2, 3}},
	} {
		text, _ := json.Marshal(c)
		if got, ok := quickTensors(text); !ok || !reflect.DeepEqual(got, c) {
			t.Errorf("%d: %s: %+v %v", i, text, got, ok)
		}
	}
	for _, text := range []string{"", "[", "]", "[]]", "[],", " [ ]", "nul", `[{"tensor":"a\"b","read_bits":1,"write_bits":2,"peak_bits":3}]`,
		`[{"tensor":"a","read_bits":1,"write_bits":2}]`, `[{"tensor":"a","write_bits":1,"read_bits":2,"peak_bits":3}]`, `[,{"tensor":"a"}]`,
		`[{"tensor":"a","read_bits":1,"write_bits":2,"peak_bits":3},]`, `[{"tensor":"a","read_bits":x,"write_bits":2,"peak_bits":3}]`,
		`[{"tensor":"a","read_bits":1,"write_bits":2,"peak_bits":3}{"tensor":"a","read_bits":1,"write_bits":2,"peak_bits":3}]`} {
		var want []TensorTraffic
		wantErr := json.Unmarshal([]byte(text), &want)
		got, err := parseTensors([]byte(text))
		if (err == nil) != (wantErr == nil) || err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v %v, want %+v %v", text, got, err, want, wantErr)
		}
	}
}

// FuzzTensors: the quick way reads what encoding/json reads, or leaves it to that; a file may be anyone's.
func FuzzTensors(f *testing.F) {
	f.Add([]byte(`[{"tensor":"W","read_bits":1,"write_bits":2.5e9,"peak_bits":0}]`))
	f.Add([]byte(`[{"tensor":"W","read_bits":1,"write_bits":2,"peak_bits":0},{"tensor":"I","read_bits":1,"write_bits":2,"peak_bits":0}]`))
	f.Add([]byte(`[{"tensor":"\u0057","read_bits":NaN,"write_bits":+Inf,"peak_bits":0x1p3}]`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, text []byte) {
		defer boundtest.Cost{}.Start(t)()
		got, ok := quickTensors(text)
		if !ok {
			return
		}
		for _, x := range got {
			for _, v := range []float64{x.ReadBits, x.WriteBits, x.PeakBits} {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%q reads as %v", text, got)
				}
			}
		}
		var want []TensorTraffic
		if json.Unmarshal(text, &want) == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%q reads as %v, not %v", text, got, want)
		}
	})
}
