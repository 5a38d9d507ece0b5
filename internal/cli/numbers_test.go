package cli

import (
	"archive/zip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const numbersArch = `
name: a
clock: 1GHz
nodes:
  - {memory: DRAM, size: unlimited, keep: all, read: {energy: 7pJ/bit, bandwidth: 38.4GB/s}, write: {energy: 7pJ/bit, bandwidth: 38.4GB/s}}
  - {memory: GLB, size: 128KiB, width: 64b, may_keep: all, read: {energy: 0.25pJ/bit, bandwidth: 64B/cycle}, write: {energy: 0.29pJ/bit, bandwidth: 64B/cycle}, leakage: 1mW, area: 0.6mm2}
  - {array: PE, dims: [{name: x, size: 16}, {name: y, size: 16}]}
  - {compute: MAC, energy: 0.5pJ, throughput: 1/cycle, area: 0.0006mm2}
`

const numbersNet = `
name: net
layers:
  - {name: one, matmul: {M: 1, K: 1, N: 1}, count: 3}
  - {name: fc, matmul: {M: 8, K: 16, N: 8}}
`

// TestOutOfRange: numbers beyond what is counted or computed are errors that name the place, what was given and what is
// allowed, before anything is written.
func TestOutOfRange(t *testing.T) {
	files(t, map[string]string{"a.yaml": numbersArch, "net.yaml": numbersNet,
		"s.yaml": "name: s\narch: a.yaml\nworkloads: [net.yaml]\naxes:\n  - {path: PE.x, values: [1, 2]}\n"})
	for set, want := range map[string]string{
		"MAC.energy=1e99J":                 `--set MAC.energy=1e99J: too large or too small; allowed: 0, or 1e-50 to 1e50 J`,
		"MAC.energy=1e-99J":                `--set MAC.energy=1e-99J: too large or too small; allowed: 0, or 1e-50`,
		"MAC.energy=1e400pJ":               `exponent of more than two digits; allowed: an energy`,
		"MAC.energy=1e-400pJ":              `exponent of more than two digits`,
		"GLB.leakage=1e99PW":               `allowed: 0, or 1e-50 to 1e50 W`,
		"GLB.area=1e99Pm2":                 `allowed: 0, or 1e-50 to 1e50 m2`,
		"DRAM.bandwidth=1e-99b/s":          `allowed: 1e-50 to 1e50 b/s`,
		"GLB.read.bandwidth=1e45B/cycle":   `comes to 8e+54 bit/s, which is too large`,
		"GLB.read.energy=1e-49J":           `comes to 1.562e-51 J/bit, which is too large or too small; `,
		"clock=1e-99Hz":                    `allowed: 1e-50 to 1e50 Hz`,
		"clock=1e50Hz":                     `comes to 5.12e+52 bit/s`,
		"GLB.size=4611686018427387905b":    `allowed: whole bits, from 1b to 524288TiB`,
		"GLB.width=1e30b":                  `allowed: widths of at most 524288TiB`,
		"PE.y=4611686018427387904":         `more instances than can be counted; `,
		"PE.y=9223372036854775808":         `PE.y`,
		"MAC.throughput=1e-60/s":           `allowed: 1e-50 to 1e50 1/s`,
		"DRAM.read.energy=infinity":        `does not start with a number`,
		"DRAM.write.energy=-0.000001J/bit": `does not start with a number`,
	} {
		for _, args := range [][]string{{"sweep", "s.yaml", "--out", "out", "--set", set}, {"map", "--arch", "a.yaml", "--workload", "net.yaml", "--set", set}, {"cost", "--arch", "a.yaml", "--set", set}} {
			if args[0] == "cost" && strings.HasPrefix(set, "PE") {
				continue
			}
			status, out, errs := call(t, args...)
			if status != 2 || out != "" || !strings.Contains(errs, want) || !strings.Contains(errs, strings.SplitN(set, "=", 2)[0]) && !strings.HasPrefix(set, "clock") {
				t.Errorf("%v: exit %d, %s%s, want %q", args, status, out, errs, want)
			}
		}
	}
	if _, err := os.Stat("out"); err == nil {
		t.Error("something was written")
	}
}

// TestSizesOutOfRange: the same of layers; what just fits is mapped.
func TestSizesOutOfRange(t *testing.T) {
	files(t, map[string]string{"a.yaml": numbersArch})
	for layer, want := range map[string]string{
		"{name: l, matmul: {M: 3037000500, K: 3037000500, N: 1}}":                                    "layer l: 9223372037000250000 multiply-accumulates are more than can be counted; allowed: at most 2^62",
		"{name: l, matmul: {M: 9223372036854775808, K: 1, N: 1}}":                                    `layers[0].matmul.M: not a whole number in range; given "9223372036854775808"`,
		"{name: l, matmul: {M: 1, K: 1, N: 1}, bits: 9223372036854775807}":                           "tensor I has 9223372036854775807 bits",
		"{name: l, matmul: {M: 1, K: 1, N: 1}, count: 0}":                                            "layers[0].count",
		"{name: l, conv: {C: 1, M: 1, P: 3, Q: 1, R: 3, S: 1, stride: 4611686018427387904}}":         "layer l: tensor I has 73786976294838206488 bits",
		"{name: l, conv: {C: 1, M: 1, P: 3, Q: 1, R: 3, S: 1, dilation: 9223372036854775807}}":       "tensor I has",
		`{name: l, einsum: "Z[a] = X[9223372036854775807*a+b] * Y[b]", sizes: {a: 2, b: 2}}`:         "a factor has to be",
		"{name: l, matmul: {M: 576460752303423488, K: 1, N: 1}}":                                     "",
		"{name: l, matmul: {M: 1, K: 1, N: 1}, bits: 4611686018427387904}":                           "",
		"{name: l, matmul: {M: 1, K: 1, N: 1}, count: 9223372036854775807}":                          "",
		"{name: l, conv: {C: 1, M: 1, P: 3, Q: 1, R: 3, S: 1, stride: 100000000000000000}}":          "",
		"{name: l, conv: {C: 1, M: 1, P: 1, Q: 1, R: 1, S: 1, stride: 9223372036854775807}}":         "",
		"{name: l, conv: {C: 4611686018427387904, M: 1, P: 1, Q: 1, R: 1, S: 1}, bits: 1, count: 9}": "",
	} {
		if err := os.WriteFile("w.yaml", []byte("name: w\nlayers:\n  - "+layer+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		status, out, errs := call(t, "map", "--arch", "a.yaml", "--workload", "w.yaml", "--json")
		if want == "" {
			var doc struct {
				Network map[string]float64 `json:"network"`
			}
			if err := json.Unmarshal([]byte(out), &doc); status != 0 || err != nil || !(doc.Network["edp_js"] > 0) {
				t.Errorf("%s: exit %d, %v, %s", layer, status, err, errs)
			}
		} else if status != 2 || !strings.Contains(errs, want) || !strings.Contains(errs, "w.yaml:3") {
			t.Errorf("%s: exit %d, %s, want %q", layer, status, errs, want)
		}
	}
}

// TestAtTheLimits prices mappings where everything is as large, or as small, as it may be at once: 2^62 instances and nearly as many
// multiply-accumulates, values of 2^20 bits, costs and rates of 1e50 and 1e-50. No figure is lost, infinite or no number.
func TestAtTheLimits(t *testing.T) {
	const arch = `
name: a
nodes:
  - {memory: D, size: unlimited, keep: all, bits: {inputs: 1048576, weights: 1048576, outputs: 1048576}, leakage: COSTW, area: COSTm2,
     read: {energy: COSTJ/bit, bandwidth: RATEb/s}, write: {energy: COSTJ/bit, bandwidth: RATEb/s}}
  - {array: P, energy: COSTJ/bit, dims: [{name: x, size: 4294967296, multicast: none}, {name: y, size: 1073741824, multicast: none}]}
  - {compute: M, energy: COSTJ, throughput: RATE/s, leakage: COSTW, area: COSTm2}
`
	const kept = "  - {keep: D, tensor: I}\n  - {keep: D, tensor: W}\n  - {keep: D, tensor: O}\n"
	files(t, map[string]string{
		"large.yaml": strings.NewReplacer("COST", "1e50", "RATE", "1e-50").Replace(arch),
		"small.yaml": strings.NewReplacer("COST", "1e-50", "RATE", "1e50").Replace(arch),
		"w.yaml": "name: w\nbits: 1\nlayers:\n" +
			"  - {name: one, matmul: {M: 1, K: 1, N: 1}}\n" +
			"  - {name: all, matmul: {M: 1048576, K: 1048576, N: 4194304}, count: 9223372036854775807}\n" +
			"  - {name: primes, matmul: {M: 1048573, K: 1048573, N: 2097143}, count: 9223372036854775807}\n",
		"one.yaml":    "nodes:\n" + kept,
		"all.yaml":    "nodes:\n" + kept + "  - {for: m, in: 1048576}\n  - {for: k, in: 1048576}\n  - {for: n, in: 4194304}\n",
		"primes.yaml": "imperfect: true\nnodes:\n" + kept + "  - {for: m, in: 1048573}\n  - {for: k, in: 1048573}\n  - {for: n, in: 699048}\n  - {par: P.x, for: n, in: 3}\n",
	})
	for _, arch := range []string{"large.yaml", "small.yaml"} {
		for _, layer := range []string{"one", "all", "primes"} {
			status, out, errs := call(t, "evaluate", "--arch", arch, "--workload", "w.yaml", "--layer", layer, "--mapping", layer+".yaml", "--json")
			var doc struct {
				Area    float64            `json:"area_mm2"`
				Network map[string]float64 `json:"network"`
			}
			err := json.Unmarshal([]byte(out), &doc)
			if at := notFinite.FindString(out); status != 0 || err != nil || at != "" {
				t.Fatalf("%s, %s: exit %d, %v, %s, %q", arch, layer, status, err, errs, at)
			}
			if n := doc.Network; !(doc.Area > 0 && n["energy_j"] > 0 && n["latency_s"] > 0 && n["edp_js"] > 0) {
				t.Errorf("%s, %s: area %v, %v", arch, layer, doc.Area, n)
			}
		}
	}
}

// notFinite finds words for what is no number, as Go, JavaScript, Excel and JSON writers print them.
var notFinite = regexp.MustCompile(`(?i)(?:^|[\s,:>"(\[+-])(?:nan|inf|infinity)(?:[\s,<"%)\]]|$)|#DIV/0!|#NUM!`)

// TestNothingForNothing: architectures that cost nothing, in part or at all, are mapped, swept and reported without a figure
// that is no number.
func TestNothingForNothing(t *testing.T) {
	nothing := "name: z\nnodes:\n  - {memory: DRAM, size: unlimited}\n  - {memory: B, size: 1KiB}\n  - {compute: MAC}\n"
	for name, arch := range map[string]string{
		"all":     nothing,
		"energy":  strings.Replace(nothing, "{compute: MAC}", "{compute: MAC, throughput: 1/s, area: 1mm2}", 1),
		"latency": strings.Replace(nothing, "{compute: MAC}", "{compute: MAC, energy: 1J}", 1),
		"area":    strings.Replace(nothing, "{compute: MAC}", "{compute: MAC, energy: 1J, throughput: 1/s}", 1),
	} {
		for _, values := range []string{"[1KiB]", "[1KiB, 2KiB, 1b]"} {
			files(t, map[string]string{"z.yaml": arch, "net.yaml": numbersNet,
				"s.yaml": "name: s\narch: z.yaml\nworkloads: [net.yaml]\naxes:\n  - {path: B.size, values: " + values + "}\n"})
			clean := func(args ...string) {
				t.Helper()
				status, out, errs := call(t, args...)
				if at := notFinite.FindString(out); status != 0 || at != "" {
					t.Errorf("%s: %v: exit %d, %s, %q in %s", name, args, status, errs, at, out)
				}
			}
			for _, goal := range []string{"edp", "energy", "latency", "front", "network-edp"} {
				clean("map", "--arch", "z.yaml", "--workload", "net.yaml", "--objective", goal, "-v")
				clean("map", "--arch", "z.yaml", "--workload", "net.yaml", "--objective", goal, "--json")
			}
			clean("cost", "--arch", "z.yaml", "--json")
			clean("sweep", "s.yaml", "--out", "out")
			clean("sweep", "s.yaml", "--out", "out", "--json")
			clean("sweep", "s.yaml", "--out", "front", "--front-only")
			clean("report", "out/results.db", "-o", "r.xlsx", "--html", "r.html", "--csv", "csv")
			for _, view := range []string{"candidate", "front", "layer_breakdown", "component_share", "bottleneck", "best_per_budget", "network_result"} {
				clean("query", "out/results.db", "SELECT * FROM "+view, "--format", "json")
			}
			cleanFiles(t, name)
		}
	}
}

// cleanFiles looks into the reports in this folder. Of the page it reads the data, not the script.
func cleanFiles(t *testing.T, name string) {
	t.Helper()
	look := func(file string, text []byte) {
		if at := notFinite.Find(text); at != nil {
			t.Errorf("%s: %q in %s", name, at, file)
		}
	}
	csvs, _ := filepath.Glob("csv/*.csv")
	if len(csvs) < 4 {
		t.Errorf("%s: CSV files %v", name, csvs)
	}
	for _, file := range csvs {
		data, _ := os.ReadFile(file)
		look(file, data)
	}
	page, _ := os.ReadFile("r.html")
	scripts := regexp.MustCompile(`(?s)<script>.*?</script>|<style>.*?</style>`)
	look("r.html", scripts.ReplaceAll(page, nil))
	book, err := zip.OpenReader("r.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for _, f := range book.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		look(f.Name, data)
		r.Close()
	}
}
