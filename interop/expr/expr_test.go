package expr

import (
	"math"
	"strings"
	"testing"

	"tcmdse/internal/boundtest"
)

func names(name string) (any, bool) {
	switch name {
	case "depth":
		return 12.0, true
	case "weight.bits_per_value":
		return 8.0, true
	case "a.attributes.datawidth":
		return 16.0, true
	case "weight":
		return []string{"W"}, true
	case "none":
		return []string{}, true
	case "kind":
		return "LPDDR4", true
	}
	return nil, false
}

func TestNumber(t *testing.T) {
	for text, want := range map[string]float64{
		"1024*64*8": 524288, "1e-9": 1e-9, "2**10": 1024, "-2**2": -4, "2**-1": 0.5, "7//2": 3, "-7//2": -4, "-7 % 3": 2, "8 * 38.4e9": 307.2e9,
		"(1+2)*3": 9, "1_000": 1000, "depth * 2": 24, `a.attributes["datawidth"]`: 16, "weight.bits_per_value if weight else 0": 8,
		"weight.bits_per_value if none else 1": 1, "nobody if none else 3": 3, "len(weight) == 1": 1, "not none and depth > 3": 1,
		"min(3, 2, 5) + max(1, 4)": 6, "ceil(2.1) + floor(2.9) + round(2.5)": 7, "sqrt(16) + log2(8)": 7, "inf": math.Inf(1), "1 - 2 - 3": -4, "2 * 3 % 4": 2,
		"kind == 'LPDDR4'": 1, "kind != \"x\"": 1, "True": 1, "1 if 2 > 1 else nothing": 1, ".5": 0.5, "1e+2": 100,
	} {
		if got, err := Number(text, names); err != nil || got != want {
			t.Errorf("%s = %g, %v; want %g", text, got, err, want)
		}
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"": "ends too soon", "1 +": "ends too soon", "x": `"x" is not known here`, "1/0": "division by zero", "7 % 0": "division by zero", "(1": `")" is missing`,
		"1 2": `"2" was not expected`, "'a": "closing quote", "kind": "a text where a number", "foo(1)": "no function foo", "1 if 2": "if without else",
		"sum(a.n for a in x)": "not known", "1..2": "no number", "0x": "no number", "a.": "a name is missing", "$": "not expected",
		"inf - inf": "not a number", strings.Repeat("(", 200) + "1": "levels", strings.Repeat("-", 300) + "1": "signs",
		strings.Repeat("not ", 300) + "1": "signs", strings.Repeat("1+", 4000) + "1": "more than 4096 characters", "weight < 2": "a set where a number",
	} {
		if got, err := Number(text, names); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.30s = %g, %v; want %q", text, got, err, want)
		}
	}
}

func FuzzEval(f *testing.F) {
	for _, s := range []string{"1024*64*8", "2**-1", "a if b else c", `x["y"].z`, "min(1, 2)", "not 1 == 2 or 3", "'t' == \"t\""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer boundtest.Cost{}.Start(t)()
		v, err := Number(text, names)
		if err == nil && math.IsNaN(v) {
			t.Errorf("%q is not a number and no error", text)
		}
	})
}
