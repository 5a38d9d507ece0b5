package sweeps

import (
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"

	"tcmdse/internal/boundtest"
)

var update = flag.Bool("update", false, "rewrite golden files")

func parse(t *testing.T, body string, sets ...string) (*Sweep, error) {
	t.Helper()
	return Parse([]byte("name: s\narch: eyeriss\nworkloads: [resnet18]\n"+body), "s.yaml", t.TempDir(), sets)
}

// points returns the settings of all candidates, "PE.x=8 GLB.size=32KiB" each.
func points(t *testing.T, s *Sweep) ([]string, error) {
	t.Helper()
	var out []string
	for c, err := range s.Candidates() {
		if err != nil {
			return out, err
		}
		if c.Index != int64(len(out)) {
			t.Errorf("index %d at %d", c.Index, len(out))
		}
		out = append(out, c.describe())
	}
	return out, nil
}

func TestGrid(t *testing.T) {
	for _, c := range []struct {
		name, body string
		sets       []string
		want       []string
	}{
		{"last fastest", "axes: [{path: PE.x, values: [8, 16]}, {path: GLB.size, pow2: [32KiB, 64KiB]}]", nil,
			[]string{"PE.x=8 GLB.size=32KiB", "PE.x=8 GLB.size=64KiB", "PE.x=16 GLB.size=32KiB", "PE.x=16 GLB.size=64KiB"}},
		{"range exact", "axes: [{path: DRAM.bandwidth, range: {from: 0.1GB/s, to: 0.5GB/s, step: 0.2GB/s}}]", nil,
			[]string{"DRAM.bandwidth=0.1GB/s", "DRAM.bandwidth=0.3GB/s", "DRAM.bandwidth=0.5GB/s"}},
		{"linspace", "axes: [{path: clock, linspace: {from: 100MHz, to: 1GHz, count: 3}}]", nil,
			[]string{"clock=100MHz", "clock=550MHz", "clock=1000MHz"}},
		{"logspace", "axes: [{path: GLB.size, logspace: {from: 16KiB, to: 64KiB, count: 3, round: 1KiB}}]", nil,
			[]string{"GLB.size=16KiB", "GLB.size=32KiB", "GLB.size=64KiB"}},
		{"zip", "axes: [{zip: [{path: PE.x, values: [8, 16]}, {path: PE.y, values: [4, 2]}]}]", nil, []string{"PE.x=8 PE.y=4", "PE.x=16 PE.y=2"}},
		{"same", "axes: [{path: PE.x, values: [8, 16]}, {path: PE.y, same: PE.x}]", nil, []string{"PE.x=8 PE.y=8", "PE.x=16 PE.y=16"}},
		{"where", "axes: [{path: PE.x, values: [8, 16]}, {path: PE.y, values: [2, 4]}]\nwhere: ['PE.x * PE.y <= 32', 'GLB.size >= 4 * WSP.size || PE.x < 3']", nil,
			[]string{"PE.x=8 PE.y=2", "PE.x=8 PE.y=4", "PE.x=16 PE.y=2"}},
		{"equal points once", "axes: [{path: GLB.size, values: [64KiB, 64KiB]}]", nil, []string{"GLB.size=64KiB"}},
		{"set one", "axes: [{path: PE.x, values: [8, 16]}]", []string{"PE.x=4"}, []string{"PE.x=4"}},
		{"set many", "axes: [{path: PE.x, values: [8]}]", []string{"PE.y=2,3"}, []string{"PE.x=8 PE.y=2", "PE.x=8 PE.y=3"}},
		{"no axes", "", nil, []string{""}},
	} {
		s, err := parse(t, c.body, c.sets...)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got, err := points(t, s)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q %v, want %q", c.name, got, err, c.want)
		}
	}
}

// TestRandom: the sample is the same each time, has no repeats, and obeys where.
func TestRandom(t *testing.T) {
	body := "axes: [{path: PE.x, range: {from: 1, to: 100, step: 1}}, {path: PE.y, range: {from: 1, to: 100, step: 1}}]\nwhere: [PE.x > PE.y]\nsample: {method: random, count: 40, seed: %d}"
	var runs [][]string
	for _, seed := range []int{1, 1, 2} {
		s, err := parse(t, fmt.Sprintf(body, seed))
		if err != nil {
			t.Fatal(err)
		}
		got, err := points(t, s)
		if err != nil || len(got) != 40 {
			t.Fatal(len(got), err)
		}
		runs = append(runs, got)
	}
	if !reflect.DeepEqual(runs[0], runs[1]) || reflect.DeepEqual(runs[0], runs[2]) {
		t.Error("the seed alone has to decide the sample")
	}
}

func TestDefault(t *testing.T) {
	s, err := Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := points(t, s)
	if err != nil || len(got) != 108 {
		t.Errorf("%d candidates, %v", len(got), err)
	}
}

// TestViperAgrees: what viper reads of a file is what yaml.v3 reads.
func TestViperAgrees(t *testing.T) {
	data, _ := PresetYAML("default")
	v := viper.New()
	v.SetConfigType("yaml")
	if err := v.ReadConfig(strings.NewReader(string(data))); err != nil {
		t.Fatal(err)
	}
	var y struct {
		Name, Arch, Objective string
		Workloads             []string
	}
	if err := yaml.Unmarshal(data, &y); err != nil {
		t.Fatal(err)
	}
	if v.GetString("name") != y.Name || v.GetString("arch") != y.Arch || v.GetString("objective") != y.Objective || !reflect.DeepEqual(v.GetStringSlice("workloads"), y.Workloads) {
		t.Errorf("viper %v, yaml %+v", v.AllSettings(), y)
	}
}

// TestBad compares messages with goldens; a file that reads has to fail when its candidates are generated.
func TestBad(t *testing.T) {
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	if len(files) == 0 {
		t.Fatal("no files in testdata/bad")
	}
	for _, f := range files {
		data, _ := os.ReadFile(f)
		s, err := Parse(data, filepath.Base(f), ".", nil)
		if err == nil {
			_, err = points(t, s)
		}
		if err == nil {
			t.Errorf("%s was accepted", f)
			continue
		}
		golden := strings.TrimSuffix(f, ".yaml") + ".err"
		if *update {
			os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644)
		}
		if want, _ := os.ReadFile(golden); string(want) != err.Error()+"\n" {
			t.Errorf("%s:\n got %v\nwant %s", f, err, want)
		}
	}
}

func FuzzWhere(f *testing.F) {
	for _, s := range []string{"PE.x * PE.y <= 32", "GLB.size >= 4 * 3KiB", "!(1 < 2) || 3 % 2 == 1", "1GB/s > 2 - -3"} {
		f.Add(s)
	}
	s, err := Load("", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer boundtest.Cost{}.Start(t)()
		e, err := parseExpr(text, nil)
		if err != nil {
			return
		}
		if c := (&condition{text: text, e: e}); s.prepare(c) == nil {
			c.holds(s.newPoint())
		}
	})
}

// TestSobol: every dimension of an unshifted sequence visits each of 2^k equal cells once in 2^k points, and the first
// points are those that Joe and Kuo's own generator prints.
func TestSobol(t *testing.T) {
	s := newSobol(make([]uint32, sobolDimensions))
	const n = 256
	var seen [sobolDimensions][n]bool
	x := make([]uint32, sobolDimensions)
	first := [][]float64{{0, 0, 0}, {0.5, 0.5, 0.5}, {0.75, 0.25, 0.25}, {0.25, 0.75, 0.75}, {0.375, 0.375, 0.625}, {0.875, 0.875, 0.125}}
	for i := range n {
		s.next(x)
		for d, v := range x {
			if cell := v >> 24; seen[d][cell] {
				t.Fatalf("dimension %d: cell %d twice in %d points", d, cell, n)
			}
			seen[d][x[d]>>24] = true
			if i < len(first) && d < 3 && float64(v)/(1<<32) != first[i][d] {
				t.Errorf("point %d, dimension %d: %g, want %g", i, d, float64(v)/(1<<32), first[i][d])
			}
		}
	}
}

// TestSamples: both ways to sample stop when the grid is exhausted, repeat by seed, and spread over the grid.
func TestSamples(t *testing.T) {
	for _, method := range []string{"random", "sobol"} {
		s, err := parse(t, "axes: [{path: PE.x, values: [2, 4, 8]}]\nsample: {method: "+method+", count: 1000000, seed: 7}")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := points(t, s); err != nil || len(got) != 3 {
			t.Errorf("%s: %v %v, want all three points", method, got, err)
		}
		var runs []string
		for _, seed := range []int{1, 1, 2} {
			s, err := parse(t, fmt.Sprintf("axes: [{path: PE.x, range: {from: 1, to: 64, step: 1}}, {path: PE.y, range: {from: 1, to: 64, step: 1}}]\nsample: {method: %s, count: 32, seed: %d}", method, seed))
			if err != nil {
				t.Fatal(err)
			}
			got, err := points(t, s)
			if err != nil || len(got) != 32 {
				t.Fatal(len(got), err)
			}
			runs = append(runs, strings.Join(got, ";"))
		}
		if runs[0] != runs[1] || runs[0] == runs[2] {
			t.Errorf("%s: the seed alone has to decide the sample", method)
		}
	}
}

// TestWhereOnAxis: a condition may use a field that the architecture itself leaves to its default and an axis sets.
func TestWhereOnAxis(t *testing.T) {
	dir := t.TempDir()
	arch := "name: a\ntechnology: 45nm\nclock: 1GHz\nnodes:\n  - {memory: D, size: unlimited, keep: all, model: dram, type: LPDDR4}\n" +
		"  - {memory: G, size: 8KiB, width: 64b, model: sram}\n  - {compute: M, model: mac}\n"
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(arch), 0o644); err != nil {
		t.Fatal(err)
	}
	body := "name: s\narch: a.yaml\nworkloads: [resnet18]\naxes:\n  - {path: G.banks, values: [1, 2, 4]}\n  - {path: M.format, values: [int8, fp16]}\nwhere: [\"G.banks <= 2\"]\n"
	s, err := Parse([]byte(body), "s.yaml", dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for c, err := range s.Candidates() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, c.describe())
	}
	want := []string{"G.banks=1 M.format=int8", "G.banks=1 M.format=fp16", "G.banks=2 M.format=int8", "G.banks=2 M.format=fp16"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestSettingsAsWritten: names are what the file has, as they are checked, not what viper makes of them: True, 8 or bytes.
func TestSettingsAsWritten(t *testing.T) {
	dir := t.TempDir()
	data, err := os.ReadFile("../hwmodel/presets/eyeriss.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "010"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"True": "True", "on": "on", "!!binary Cj09": "Cj09"} {
		s, err := Parse([]byte("name: "+name+"\narch: 010\nworkloads: [resnet18]\n"), "s.yaml", dir, nil)
		if err != nil || s.Name != want || s.Arch != "010" {
			t.Errorf("name: %s: %v, %v", name, s, err)
		}
	}
}

// TestUTF16: a file in UTF-16, as some editors and shells write it, is stored as the same file in UTF-8.
func TestUTF16(t *testing.T) {
	const text = "name: s # 🎯\narch: eyeriss\nworkloads: [resnet18]\naxes: [{path: PE.x, values: [8]}]\n"
	want, err := Parse([]byte(text), "s.yaml", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		data := order.AppendUint16(nil, 0xfeff)
		for _, u := range utf16.Encode([]rune(text)) {
			data = order.AppendUint16(data, u)
		}
		if s, err := Parse(data, "s.yaml", "", nil); err != nil || s.Config() != want.Config() {
			t.Errorf("%v: %v, %v", order, s, err)
		}
	}
}
