package estimate

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) }

// TestRegFileByHand prices 8 words of 16 bits at 40 and 45 nm from the constants of the notes.
func TestRegFileByHand(t *testing.T) {
	c, err := Builtin(Query{Model: RegFile, SizeBits: 128, WidthBits: 16, TechnologyNM: 40, ClockHz: 1e9})
	if err != nil {
		t.Fatal(err)
	}
	d, _ := tables()
	muxArea, muxEnergy := d.scale(45, 40)
	for field, want := range map[string]float64{
		Area:          128*5.98e-12 + 7*16*1.9e-12*muxArea,
		Leakage:       128 * 70e-9,
		WriteEnergy:   16 * 9e-15,
		ReadEnergy:    16 * 3 * 2.5e-15 * muxEnergy,
		ReadBandwidth: 16e9,
	} {
		if got := mustFind(t, c, field); !near(got, want) {
			t.Errorf("%s: %g, by hand %g", field, got, want)
		}
	}
	// Between 32 (0.46) and 45 nm (1): 40 nm has 0.46^(ln(45/40)/ln(45/32)) of the area.
	if want := math.Pow(0.46, math.Log(45.0/40)/math.Log(45.0/32)); !near(muxArea, want) {
		t.Errorf("area scales by %g, by hand %g", muxArea, want)
	}
}

// rising demands that a figure does not fall along a row of queries, and, where strictly is set, that it grows.
func rising(t *testing.T, field string, strictly bool, queries []Query) {
	t.Helper()
	last := 0.0
	for _, q := range queries {
		c, err := Builtin(q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		v := mustFind(t, c, field)
		if v < last || strictly && v == last {
			t.Errorf("%s is %g after %g at %+v", field, v, last, q)
		}
		last = v
	}
}

// TestRegFileMonotone: more bits, more area and no less energy; a larger node likewise.
func TestRegFileMonotone(t *testing.T) {
	var words, nodes []Query
	for n := int64(1); n < 3000; n += max(1, n/5) {
		words = append(words, Query{Model: RegFile, SizeBits: 16 * n, WidthBits: 16, TechnologyNM: 28})
	}
	for _, node := range []float64{7, 10, 16, 22, 28, 45, 65, 90, 130, 180} {
		nodes = append(nodes, Query{Model: RegFile, SizeBits: 256, WidthBits: 16, TechnologyNM: node})
	}
	for _, f := range []string{Area, ReadEnergy, WriteEnergy, Leakage} {
		rising(t, f, false, words)
		rising(t, f, false, nodes)
	}
}

// TestMAC: Horowitz's and Jouppi's rows as printed, the power law between, Aladdin's by hand.
func TestMAC(t *testing.T) {
	// Energy at 40 nm over 45 nm, log-log between Stillmaker's 1 at 45 and 0.53081 at 32.
	at40 := math.Pow(0.53081, math.Log(45.0/40)/math.Log(45.0/32))
	for _, c := range []struct {
		q      Query
		energy float64
		method Method
	}{
		{Query{TechnologyNM: 45}, 0.2e-12 + 0.1e-12, Table},
		{Query{TechnologyNM: 45, Format: "int32", Accumulate: "int32"}, 3.1e-12 + 0.1e-12, Table},
		{Query{TechnologyNM: 45, Format: "fp16", Accumulate: "fp16"}, 1.1e-12 + 0.4e-12, Table},
		{Query{TechnologyNM: 45, Format: "fp32"}, 3.7e-12 + 0.9e-12, Table},
		{Query{TechnologyNM: 7}, 0.07e-12 + 0.03e-12, Table},
		{Query{TechnologyNM: 7, Format: "bf16"}, 0.21e-12 + 0.38e-12, Table},
		{Query{TechnologyNM: 45, Format: "int16"}, 0.2e-12*math.Pow(3.1/0.2, 0.5) + 0.1e-12, Formula},
		{Query{TechnologyNM: 65, Library: "aladdin", Format: "int16"}, (12.68e-12/4 + 0.21e-12) * 1.9516 / at40, Formula},
		{Query{TechnologyNM: 40, Library: "aladdin"}, 12.68e-12/16 + 0.21e-12, Formula},
		{Query{TechnologyNM: 65}, 0.3e-12 * 1.9516, Formula},
	} {
		c.q.Model = MAC
		got, err := Builtin(c.q)
		if err != nil {
			t.Errorf("%+v: %v", c.q, err)
			continue
		}
		e, _ := got.Find(Energy)
		if !near(e.Value, c.energy) || e.Origin.Method != c.method {
			t.Errorf("%+v: %g J by %s, want %g by %s", c.q, e.Value, e.Origin.Method, c.energy, c.method)
		}
	}
	// The table's own derived int16 row and the power law agree.
	got, _ := Builtin(Query{Model: MAC, TechnologyNM: 45, Format: "int16"})
	if a := mustFind(t, got, Area); math.Abs(a/(992.8e-12+137e-12)-1) > 1e-3 {
		t.Errorf("int16 area %g m2", a)
	}
	// More bits and larger nodes cost more.
	var bits []Query
	for n := 1; n <= 64; n++ {
		bits = append(bits, Query{Model: MAC, TechnologyNM: 28, Format: fmt.Sprintf("int%d", n), Accumulate: "int64"})
	}
	rising(t, Energy, true, bits)
	for _, f := range []string{"int8", "int16", "int32", "fp16", "bf16", "fp32"} {
		var nodes []Query
		for node := 7.0; node <= 180; node++ {
			nodes = append(nodes, Query{Model: MAC, TechnologyNM: node, Format: f})
		}
		rising(t, Energy, false, nodes)
		rising(t, Area, false, nodes)
	}
}

// TestAladdinWarns: figures scaled down from 40 nm carry a warning, those at 40 nm and above none.
func TestAladdinWarns(t *testing.T) {
	for _, q := range []Query{{Model: MAC, Library: "aladdin"}, {Model: RegFile, SizeBits: 64, WidthBits: 8}} {
		for node, want := range map[float64]bool{7: true, 39: true, 40: false, 65: false} {
			q.TechnologyNM = node
			c, err := Builtin(q)
			if err != nil || (len(c.Warnings) > 0) != want {
				t.Errorf("%s at %g nm: warnings %v, %v", q.Model, node, c.Warnings, err)
			}
		}
	}
}

func TestDRAM(t *testing.T) {
	for kind, want := range map[string][2]float64{ // pJ/bit, GB/s of one channel
		"LPDDR4": {13.5, 12.8}, "LPDDR4-4266": {13.5, 34.1}, "DDR4": {20.31, 25.6}, "HBM2": {6.25, 256}, "GDDR6": {7.5, 56}, "HBM3": {4.05, 819}, "DDR3": {70, 12.8},
		"LPDDR": {40, 1.6}, "HBM4": {3.2, 2048}, "GDDR5": {14, 0},
	} {
		c, err := Builtin(Query{Model: DRAM, Type: kind, Channels: 2, WidthBits: 64})
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if e := mustFind(t, c, ReadEnergy); !near(e, 64e-12*want[0]) {
			t.Errorf("%s: %g J per 64 b, want %g pJ/bit", kind, e, want[0])
		}
		b, ok := c.Find(ReadBandwidth)
		if ok != (want[1] > 0) || ok && !near(b.Value, 2*8e9*want[1]) {
			t.Errorf("%s: %g bit/s of two channels, want %g GB/s each", kind, b.Value, want[1])
		}
	}
	if len(DRAMTypes()) != 10 {
		t.Errorf("types %v", DRAMTypes())
	}
}

// TestNoCByHand: 16 x 16 instances 100 um apart at 45 nm: half a transition a bit over 3.2 mm at 0.72167 pJ/mm.
func TestNoCByHand(t *testing.T) {
	c, err := Builtin(Query{Model: NoC, TechnologyNM: 45, Dims: []int64{16, 16}, PitchM: 100e-6, BusBits: 64})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := mustFind(t, c, Energy), 0.5*0.72167e-12*3.2; !near(got, want) {
		t.Errorf("%g J a bit, by hand %g", got, want)
	}
	if got, want := mustFind(t, c, Area), 64*4*45e-9*3.2e-3; !near(got, want) {
		t.Errorf("%g m2, by hand %g", got, want)
	}
	slow, err := Builtin(Query{Model: NoC, TechnologyNM: 45, Dims: []int64{16, 16}, PitchM: 100e-6, Wire: "low-energy"})
	if err != nil || mustFind(t, slow, Energy) >= mustFind(t, c, Energy) {
		t.Errorf("wires with fewer repeaters take no less: %v", err)
	}
}

// TestRefusals: what nothing covers is an error that names the parameter and what is covered.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		q     Query
		field string
	}{
		{Query{Model: "flash"}, "model"},
		{Query{Model: SRAM, SizeBits: 8192, WidthBits: 8}, "technology"},
		{Query{Model: SRAM, SizeBits: 8192, WidthBits: 8, TechnologyNM: 3}, "technology"},
		{Query{Model: SRAM, SizeBits: 8192, WidthBits: 8, TechnologyNM: 250}, "technology"},
		{Query{Model: SRAM, WidthBits: 8, TechnologyNM: 45}, "size"},
		{Query{Model: SRAM, SizeBits: 8192, TechnologyNM: 45}, "width"},
		{Query{Model: SRAM, SizeBits: 8192, WidthBits: 9000, TechnologyNM: 45}, "width"},
		{Query{Model: SRAM, SizeBits: 8192, WidthBits: 8, TechnologyNM: 45, Banks: -1}, "banks"},
		{Query{Model: SRAM, SizeBits: 8192, WidthBits: 8, TechnologyNM: 45, Ports: "3rw"}, "ports"},
		{Query{Model: SRAM, SizeBits: 8192, WidthBits: 8, TechnologyNM: 45, Cell: "egt"}, "cell"},
		{Query{Model: SRAM, SizeBits: 8192, WidthBits: 8, TechnologyNM: 45, TemperatureK: 250}, "temperature"},
		{Query{Model: RegFile, SizeBits: 2 << 20, WidthBits: 8, TechnologyNM: 45}, "size"},
		{Query{Model: MAC, TechnologyNM: 5}, "technology"},
		{Query{Model: MAC, TechnologyNM: 45, Format: "int0"}, "format"},
		{Query{Model: MAC, TechnologyNM: 45, Format: "int65"}, "format"},
		{Query{Model: MAC, TechnologyNM: 45, Format: "int08"}, "format"},
		{Query{Model: MAC, TechnologyNM: 45, Format: "fp8"}, "format"},
		{Query{Model: MAC, TechnologyNM: 45, Format: "int8", Accumulate: "fp32"}, "accumulate"},
		{Query{Model: MAC, TechnologyNM: 45, Library: "mine"}, "library"},
		{Query{Model: MAC, TechnologyNM: 45, Library: "aladdin", Format: "fp32"}, "library"},
		{Query{Model: DRAM}, "type"},
		{Query{Model: DRAM, Type: "DDR9"}, "type"},
		{Query{Model: NoC, TechnologyNM: 45, Dims: []int64{4}}, "pitch"},
		{Query{Model: NoC, TechnologyNM: 45, Dims: []int64{4}, PitchM: 1e-4, Activity: 2}, "activity"},
		{Query{Model: NoC, TechnologyNM: 45, Dims: []int64{4}, PitchM: 1e-4, Wire: "gold"}, "wire"},
	} {
		_, err := Builtin(c.q)
		var bad *QueryError
		if !errors.As(err, &bad) || bad.Field != c.field || bad.Allowed == "" && c.field != "library" {
			t.Errorf("%+v: %v, want an error of %s", c.q, err, c.field)
		}
	}
}

// TestDamagedTable: a table whose text is not the one that was reviewed prices nothing.
func TestDamagedTable(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte("type,energy_J_per_bit\nLPDDR4,1e-12\n"))
	z.Close()
	err := each("dram", b.Bytes(), hashes()["dram"], func(*record) {})
	if err == nil || !strings.Contains(err.Error(), "hash") {
		t.Errorf("damaged table: %v", err)
	}
}

// TestAnyQuery: any parameters give an error or figures that are finite, not negative and of known origin.
func TestAnyQuery(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		q := Query{
			Model:        rapid.SampledFrom([]string{SRAM, RegFile, MAC, DRAM, NoC}).Draw(r, "model"),
			TechnologyNM: rapid.OneOf(rapid.Float64Range(0, 300), rapid.SampledFrom([]float64{22, 32, 45, 65, 90, 7})).Draw(r, "nm"),
			SizeBits:     rapid.OneOf(rapid.Int64Range(0, 1<<24), rapid.Int64()).Draw(r, "size"),
			WidthBits:    rapid.OneOf(rapid.Int64Range(0, 1024), rapid.Int64()).Draw(r, "width"),
			Banks:        rapid.OneOf(rapid.Int64Range(0, 70), rapid.Int64()).Draw(r, "banks"),
			Ports:        rapid.SampledFrom([]string{"", "1rw", "1r1w"}).Draw(r, "ports"),
			Cell:         rapid.SampledFrom([]string{"", "lstp", "lop", "hp"}).Draw(r, "cell"),
			TemperatureK: rapid.SampledFrom([]float64{0, 300, 333, 400}).Draw(r, "kelvin"),
			Force:        rapid.Bool().Draw(r, "force"),
			Format:       rapid.SampledFrom([]string{"", "int1", "int8", "int64", "bf16", "fp16", "fp32"}).Draw(r, "format"),
			Type:         rapid.SampledFrom(DRAMTypes()).Draw(r, "type"),
			Dims:         rapid.SliceOfN(rapid.Int64Range(1, 1<<20), 0, 3).Draw(r, "dims"),
			PitchM:       rapid.Float64Range(0, 1).Draw(r, "pitch"),
			ClockHz:      rapid.SampledFrom([]float64{0, 1e6, 1e9, 1e13}).Draw(r, "clock"),
		}
		c, err := Builtin(q)
		if err != nil {
			return
		}
		for _, f := range c.Figures {
			if math.IsNaN(f.Value) || math.IsInf(f.Value, 0) || f.Value < 0 || f.Origin.Method == "" || f.Origin.Source == "" {
				r.Fatalf("%+v: %+v", q, f)
			}
		}
	})
}
