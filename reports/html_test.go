package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tcmdse/results"
)

func pageOf(t *testing.T, d *Data) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// sampleNest is a mapping of nine loops, two of them at once on an array.
const sampleNest = `{"nodes":[{"keep":"DRAM","tensor":"I"},{"keep":"DRAM","tensor":"W"},{"keep":"DRAM","tensor":"O"},{"keep":"GLB","tensor":"W"},{"keep":"GLB","tensor":"I"},
{"for":"q","in":%d},{"keep":"GLB","tensor":"O"},{"for":"c","in":3},{"par":"PE.x","for":"q","in":7},{"par":"PE.y","for":"s","in":7},{"for":"p","in":14},{"for":"m","in":64},{"for":"p","in":%d},{"for":"r","in":7},{"for":"c","in":2}]}`

// withNests gives every layer a mapping and its components the traffic of their tensors.
func withNests(d *Data) *Data {
	for i := range d.Workloads {
		w := &d.Workloads[i]
		for k := range w.Layers {
			w.Layers[k].MappingJSON = fmt.Sprintf(sampleNest, 2+k, 3+k%5)
		}
		for k := range w.Components {
			if c := &w.Components[k]; c.Name != "MAC" {
				for n, name := range []string{"I", "W", "O"} {
					v := c.ReadBits*float64(n+1)/6 + float64(k)
					c.Tensors = append(c.Tensors, results.TensorTraffic{Tensor: name, ReadBits: v, WriteBits: v / 3, PeakBits: c.PeakBits * float64(n+1) / 6})
				}
			}
		}
	}
	return d
}

// large is a sweep as large as a page shows: 5,000 points with six parameters, one of them drawn anew each time, a front of
// 30 with 20 layers each on six components, and no two mappings alike.
func large() *Data {
	d := built(5000, func(i int, c *results.CandidateRow) {
		if c.OnFront = i%172 == 0; c.OnFront {
			c.ArchYAML = strings.Repeat("  - memory: GLB of a size\n", 60) + fmt.Sprint("size: ", i)
		} else {
			c.EDPJs *= 1.3 + math.Mod(float64(i)*0.6180339887, 1)
		}
		c.EnergyJ, c.LatencyS = 1e-3*math.Sqrt(c.EDPJs), 1e3*math.Sqrt(c.EDPJs)
		for k, path := range []string{"PE.x", "PE.y", "GLB.size", "WSP.size", "DRAM.bandwidth"} {
			c.Params = append(c.Params, results.Param{Path: path, Text: fmt.Sprint(8 * (1 + (i>>k)%9))})
		}
		c.Params = append(c.Params, results.Param{Path: "clock", Text: fmt.Sprintf("%d.5kHz", 200000+i)})
	})
	w := &d.Workloads[0]
	for _, at := range w.Front {
		c := &w.Candidates[at]
		for l := range 20 {
			name := fmt.Sprintf("layer%d.0.conv", l)
			w.Layers = append(w.Layers, results.LayerRow{CandidateID: c.ID, Index: c.Index, Workload: "net", Layer: results.Layer{Name: name, Count: 2, EnergyJ: c.EnergyJ / 40,
				LatencyS: c.LatencyS / 40, Utilization: 0.75, Bottleneck: "GLB", MappingText: "a nest"}})
			for k, part := range []string{"DRAM", "GLB", "ISP", "WSP", "OSP", "MAC"} {
				w.Components = append(w.Components, results.ComponentRow{CandidateID: c.ID, Index: c.Index, Workload: "net", Layer: name, Count: 2, Component: results.Component{
					Name: part, EnergyJ: c.EnergyJ / 240, AreaMM2: 1.23456, Instances: 168, PeakBits: 123456, SizeBits: 234567, ReadBits: 1e9 / float64(k+3)}})
			}
		}
	}
	return withNests(d)
}

// dataOf is the page's JSON, read as a browser does: to the first end of a script element.
func dataOf(t *testing.T, page string) *pageData {
	t.Helper()
	_, text, ok := strings.Cut(page, `<script type="application/json" id="data">`)
	if !ok {
		t.Fatal("the page has no data")
	}
	text, _, _ = strings.Cut(text, "</script")
	var p pageData
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatal(err)
	}
	return &p
}

// TestHTML: every mapped candidate is drawn once, every design of the front has a marker, a row, layers and loop nests, and
// nothing comes from elsewhere.
func TestHTML(t *testing.T) {
	d := realistic(t)
	page := pageOf(t, d)
	for want, n := range map[string]int{`<circle class="front"`: 13 + 9 + 9, `<polyline class="stair"`: 3, `<tr data-row=`: 13 + 9 + 9, `<table class="words">`: 3 + 3 + 2, `<noscript>`: 1} {
		if got := strings.Count(page, want); got != n {
			t.Errorf("%d of %q, want %d", got, want, n)
		}
	}
	for _, want := range []string{"prefers-color-scheme: dark", "@media print", "6 over budget: area 12.3", "27 infeasible: layer qk", `<a href="#d0-101">101</a>`, "EDP / µJ·s", "area / mm²",
		"Which of 108 candidates of edge", "The best design within each area", "<td>1 mm²</td><td>0</td><td>0.960</td>", "compute (MAC)", "<td>32KiB</td><td>0.25MiB</td><td>-2.6 %</td>",
		"geometric mean (netA 50 %, netB 50 %): 9 of 108"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	if bad := regexp.MustCompile(`https?://|NaN|Inf\b|ZgotmplZ|<link|@import|src=|url\("|<no value>`).FindAllString(page, -1); bad != nil {
		t.Errorf("the page has %q", bad)
	}
	if got := len(regexp.MustCompile(`M[\d.]+ [\d.]+h0`).FindAllString(page, -1)); got != 102+75+75-13-9-9 {
		t.Errorf("%d dots", got)
	}
	p := dataOf(t, page)
	for i, points := range []int{102, 75} {
		plot, w := p.Plots[i], &d.Workloads[i]
		if len(plot.Index) != points || len(plot.Area) != points || len(plot.Params) != 5 || len(plot.Params[4].Of) != points || len(plot.Designs) != len(w.Front) {
			t.Errorf("%s: %d points, %d parameters, %d designs", w.Name, len(plot.Index), len(plot.Params), len(plot.Designs))
		}
		for k, at := range w.Front {
			c, n := &w.Candidates[at], plot.Front[k]
			if plot.Index[n] != c.Index || math.Abs(float64(plot.EDP[n])/c.EDPJs-1) > 1e-3 || plot.Params[2].Values[int(plot.Params[2].Of[n])] != c.Params[2].Text || len(plot.Designs[k].Layers) != 4 {
				t.Errorf("%s: design %d is not what was stored", w.Name, c.Index)
			}
		}
	}
	lines := ""
	for _, n := range p.Archs[0] {
		lines += p.Lines[n] + "\n"
	}
	if c := d.Workloads[0].Candidates[d.Workloads[0].Front[0]]; lines != c.ArchYAML || !p.Sets {
		t.Errorf("architecture %q, want %q; --set %v", lines, c.ArchYAML, p.Sets)
	}
	if len(p.Nests) < 2 || len(p.Nests) > 20 || len(p.Archs) != 1 {
		t.Errorf("%d mappings and %d architectures: equal ones are not kept once", len(p.Nests), len(p.Archs))
	}
}

// TestHTMLEscapes: no name ends the script element that the data stands in, becomes markup, or is lost.
func TestHTMLEscapes(t *testing.T) {
	d := hostileData(t)
	names := []string{"</script><script>alert(2)</script>", "<!--<script>", "line\u2028end", `"'\`}
	for i := range d.Workloads {
		for k := range d.Workloads[i].Layers {
			d.Workloads[i].Layers[k].Name = names[k%4]
			d.Workloads[i].Layers[k].MappingJSON, d.Workloads[i].Layers[k].MappingText = "no JSON", "for x in <!--"
		}
	}
	page := pageOf(t, d)
	if strings.Count(page, "<script") != 2 || strings.Count(page, "</script") != 2 || strings.Contains(page, "<!--") || !strings.Contains(page, "&lt;script&gt;alert(1)") {
		t.Error("a text became a script or a comment")
	}
	if strings.Contains(page, "<b>") || strings.Contains(page, "\u2028") {
		t.Error("a name became markup")
	}
	p := dataOf(t, page)
	for _, want := range names {
		if !slices.Contains(p.Names, want) {
			t.Errorf("layer %q is not among the names", want)
		}
	}
	if len(p.Texts) != 1 || p.Lines[p.Texts[0][0]] != "for x in <!--" {
		t.Errorf("texts of mappings that cannot be read: %v of %q", p.Texts, p.Lines)
	}
}

// TestHTMLSize: 5,000 points and a front with all its mappings are below 1 MB.
func TestHTMLSize(t *testing.T) {
	page := pageOf(t, large())
	p := dataOf(t, page)
	if len(p.Plots[0].Index) != 5000 || len(p.Plots[0].Designs) != 30 || len(p.Nests) != 600 || len(page) >= 1_000_000 {
		t.Errorf("%d bytes for %d points, %d designs and %d mappings", len(page), len(p.Plots[0].Index), len(p.Plots[0].Designs), len(p.Nests))
	}
	if q := p.Plots[0].Params[5]; q.Unit != "kHz" || q.Values != nil || q.Of[7] != 200007.5 {
		t.Errorf("many values: %q, %v", q.Unit, q.Of[:8])
	}
}

// TestHTMLManyDesigns: of a front with too many layers a page has details of a part, its ends and its knee among them, and
// says so.
func TestHTMLManyDesigns(t *testing.T) {
	d := built(400, func(i int, c *results.CandidateRow) { c.EDPJs = 1 / (1 + float64(i*i)) })
	w := &d.Workloads[0]
	for i := range w.Candidates {
		for l := range 100 {
			w.Layers = append(w.Layers, results.LayerRow{CandidateID: w.Candidates[i].ID, Index: int64(i), Workload: "net", Layer: results.Layer{Name: fmt.Sprint(l), Count: 1, EnergyJ: 1, Bottleneck: "DRAM"}})
		}
	}
	page := pageOf(t, d)
	designs, n := dataOf(t, page).Plots[0].Designs, 0
	for _, x := range designs {
		if x != nil {
			n++
		}
	}
	if k := w.knee(); n < 50 || n > 51 || designs[0] == nil || designs[399] == nil || k < 0 || designs[k] == nil {
		t.Errorf("%d designs have details; the knee is %d", n, k)
	}
	if want := fmt.Sprintf("of %d of the 400 designs of the front", n); !strings.Contains(page, want) {
		t.Errorf("no %q in the page", want)
	}
}

// TestHTMLBare: designs without layers, as those of a mean over networks, and without an area, are in the page.
func TestHTMLBare(t *testing.T) {
	d := built(3, func(i int, c *results.CandidateRow) {
		if i == 0 {
			c.AreaMM2 = 0
		}
	})
	d.Sweep.Workloads, d.Sweep.Config = []string{"a", "b"}, "workloads: [a, nets/b.yaml]\n"
	d.Workloads[0].Name = "geometric mean"
	page := pageOf(t, d)
	p := dataOf(t, page)
	if len(p.Plots[0].Front) != 3 || len(p.Plots[0].Index) != 3 || strings.Count(page, `<circle class="front"`) != 2 || strings.Count(page, "<tr data-row") != 3 {
		t.Errorf("%d designs of %d points", len(p.Plots[0].Front), len(p.Plots[0].Index))
	}
	if got := p.Plots[0].Workloads; !slices.Equal(got, []string{"a", "nets/b.yaml"}) {
		t.Errorf("the mean is of %q", got)
	}
	d.Workloads[0].Name = "b"
	if got := dataOf(t, pageOf(t, d)).Plots[0].Workloads; !slices.Equal(got, []string{"nets/b.yaml"}) {
		t.Errorf("network b is read from %q", got)
	}
}

// TestCanSet: the page shows a sweep of one candidate by --set where the sweep's file allows it.
func TestCanSet(t *testing.T) {
	for config, want := range map[string]bool{
		"axes:\n  - {path: PE.x, values: [8, 16]}\n  - {path: PE.y, range: {from: 1, to: 3}}\nbudget: {area: 10mm2}\n": true,
		"arch: a\n": true,
		"axes:\n  - zip:\n      - {path: PE.x, values: [8, 16]}\n": false, "axes:\n  - {path: PE.x, values: [8]}\n  - {path: PE.y, same: PE.x}\n": false,
		"axes:\n  - {path: PE.y, derive: PE.x * 2}\n": false, "include:\n  - {PE.x: 3}\n": false, "sample: {method: lhs, points: 9}\n": false, ":": false,
	} {
		if got := canSet(config); got != want {
			t.Errorf("%q: %v", config, got)
		}
	}
}

func TestShort(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 1.5: "1.5", 12345678: "1.235e7", 0.00012345678: "1.235e-4", 100: "100", 0.25: "0.25", 1e-9: "1e-9", math.Inf(1): "null", math.NaN(): "null", -2: "-2"} {
		if got := string(short(v).text()); got != want {
			t.Errorf("%g: %s, want %s", v, got, want)
		}
	}
}
