package unit

import (
	"math/big"
	"strings"
	"testing"

	"tcmdse/internal/boundtest"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in  string
		num string
		dim Dimension
	}{
		{"128KiB", "1048576", Bits}, {"25.6GB/s", "204800000000", BitPerS}, {"64B/cycle", "512", BitPerCycle},
		{"1/cycle", "1", PerCycle}, {"200MHz", "200000000", Hertz}, {"0.249pJ/bit", "249/1000000000000000", JoulePerBit},
		{"8pJ/B", "1/1000000000000", JoulePerBit}, {"65nm", "65/1000000000", Metre}, {"0.3mm2", "3/10000000", SquareMetre},
		{"2um2", "2/1000000000000", SquareMetre}, {"1.1mW", "11/10000", Watt}, {"16b", "16", Bits}, {"7", "7", None},
		{"0.5", "1/2", None}, {"1e-3J", "1/1000", Joule}, {"3m", "3", Metre}, {"1kB", "8000", Bits}, {"5 µW", "1/200000", Watt},
	} {
		q, err := Parse(c.in)
		want, _ := new(big.Rat).SetString(c.num)
		if err != nil || q.Dim != c.dim || q.Value.Cmp(want) != 0 {
			t.Errorf("%s: %v %v %v, want %s %v", c.in, q.Value, q.Dim, err, c.num, c.dim)
		}
	}
	for _, bad := range []string{"", "KiB", "010", "0x10", "1..2B", "12KiJ", "5furlong", "1GB/cycles", "-3B", "1_000", "1/", "3J/s", "NaN", "1e999B"} {
		if q, err := Parse(bad); err == nil {
			t.Errorf("%q was read as %v %v", bad, q.Value, q.Dim)
		}
	}
}

// TestNear: a unit that is not one is told with those that it may stand for.
func TestNear(t *testing.T) {
	for in, want := range map[string]string{
		"32KB": `: "KB", did you mean "KiB" or "kB"`, "1kib": `did you mean "KiB" or "Kib"`, "2GHZ": `: "GHZ", did you mean "GHz"`,
		"2GHzz": `did you mean "GHz"`, "1KB/s": `did you mean "KiB" or "kB"`, "64B/cycles": `"cycles" is not known, did you mean "cycle"`,
		"1GB/S": `did you mean "s"`, "5furlong": `: "furlong"`, "10ns": `: "ns"`, "3Q": `: "Q"`,
	} {
		if _, err := Parse(in); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
	if got := Near("KiB"); got != nil {
		t.Errorf("%v instead of a unit", got)
	}
}

func TestArticle(t *testing.T) {
	if got := SquareMetre.A() + ", " + Bits.A() + ", " + JoulePerBit.A(); got != "an area, a size, an energy per bit" {
		t.Error(got)
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		v    float64
		d    Dimension
		want string
	}{
		{1048576, Bits, "128KiB"}, {12, Bits, "12b"}, {2.048e11, BitPerS, "25.6GB/s"}, {1.2345e-12, Joule, "1.23pJ"},
		{3e-7, SquareMetre, "0.3mm2"}, {0, Joule, "0J"}, {1e-6, Watt, "1µW"},
	} {
		if got := Format(c.v, c.d); got != c.want {
			t.Errorf("Format(%g, %v) = %s, want %s", c.v, c.d, got, c.want)
		}
	}
}

// FuzzParse: no panic, and what is read formats to something that reads again in the same dimension.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"128KiB", "25.6GB/s", "0.249pJ/bit", "1/cycle", "0.3mm2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		defer boundtest.Cost{}.Start(t)()
		q, err := Parse(s)
		if err != nil || q.Dim == PerCycle || q.Dim == BitPerCycle || q.Dim == PerS {
			return
		}
		if v := q.Float(); v >= 1e-15 && v < 1e15 && q.Dim != Joule {
			text := Format(v, q.Dim)
			if r, err := Parse(text); err != nil || r.Dim != q.Dim {
				t.Errorf("%q reads as %v, formats as %q, which reads as %v, %v", s, q.Value, text, r.Dim, err)
			}
		}
	})
}
