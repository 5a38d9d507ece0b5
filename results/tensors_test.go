package results

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
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
