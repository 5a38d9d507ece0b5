package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tcmdse/results"
)

func TestCompareXLSX(t *testing.T) {
	a, b := twoSweeps(t)
	c := Compare(a, b)
	var out bytes.Buffer
	if err := WriteCompareXLSX(&out, c); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := rowsOf(t, f, "Front")
	designs := c.Workloads[0].designs()
	if len(rows) < len(designs)+1 || rows[0][1] != "front" || rows[0][len(rows[0])-1] != "remark" {
		t.Fatalf("%q", rows)
	}
	for i := range designs {
		if rows[i+1][1] != designs[i].front {
			t.Errorf("row %d: %q", i+1, rows[i+1])
		}
	}
	var summary strings.Builder
	for _, r := range rowsOf(t, f, "Summary") {
		summary.WriteString(strings.Join(r, "|") + "\n")
	}
	for _, want := range []string{"cost table dram|0123456789ab|fedcba987654", "GLB.size||also 512KiB", "candidates|108|98", "its EDP|", "Workloads only in A: netB", "geometric mean 0.980"} {
		if !strings.Contains(summary.String(), want) {
			t.Errorf("no %q in\n%s", want, summary.String())
		}
	}
	x := part(t, f, "xl/charts/chart1.xml")
	corners := len(a.Workloads[0].Front) + len(b.Workloads[0].Front) - 2
	if strings.Count(x, "<ser>") != 2 || strings.Count(x, "<logBase") != 2 || strings.Count(x, `<symbol val="none"`) != corners || strings.Count(x, "prstDash") < 2 ||
		!strings.Contains(x, `<symbol val="square"`) || !strings.Contains(x, otherColour[1:]) || !strings.Contains(x, frontColour[1:]) {
		t.Errorf("%d corners wanted, %d without a marker: %.3000s", corners, strings.Count(x, `<symbol val="none"`), x)
	}
	if name, _ := f.GetCellValue(chartSheet, "C1"); name != "B: buffers, new board" {
		t.Errorf("the second series is called %q", name)
	}
}

func TestCompareForms(t *testing.T) {
	a, b := twoSweeps(t)
	c := Compare(a, b)
	classes, texts, raw := svgOf(t, func(w io.Writer) error { return WriteCompareSVG(w, c) })
	n := len(a.Workloads[0].Front) + len(b.Workloads[0].Front)
	if all := strings.Join(texts, "\n"); classes[".front"] != 2 || classes[".mark"] != n+classes[".label"] || classes[".label"] != 3 || !strings.Contains(raw, `stroke-dasharray="7 4"`) ||
		!strings.Contains(all, "netA: EDP of B / A 0.980 at equal area") || !strings.Contains(all, "A and B, least EDP") || !strings.Contains(all, "A: buffers; B: buffers, new board") {
		t.Errorf("%v, %s", classes, all)
	}
	var page bytes.Buffer
	if err := WriteCompareHTML(&page, c); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<svg ", "also 512KiB", "216 KiB", `<tr class="a"><td>A only</td>`, `<tr class="b"><td>B only</td>`, "Workloads only in A: netB", "prefers-color-scheme: dark", "@media print"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(page.String(), "<script") || strings.Contains(page.String(), "ZgotmplZ") {
		t.Error("the page is not static")
	}
	var doc struct {
		A, B      map[string]any
		Settings  []map[string]string
		Workloads []struct {
			Ratio      map[string]float64 `json:"edp_ratio"`
			Kept, Gone []struct {
				A *int64 `json:"a_idx"`
				B *int64 `json:"b_idx"`
			}
			Both int `json:"in_both"`
		}
		OnlyB []string `json:"workloads_only_b"`
	}
	out := bytes.Buffer{}
	if err := WriteCompareJSON(&out, c); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	w := doc.Workloads[0]
	if doc.A["name"] != "buffers" || doc.B["tool_version"] != "test2" || len(doc.Settings) != 5 || w.Ratio["geometric_mean"] != c.Workloads[0].Ratio.GeometricAvg || w.Both != 96 ||
		len(w.Kept) != 11 || w.Gone[0].B != nil || *w.Gone[0].A != 0 || doc.OnlyB == nil || strings.Contains(out.String(), "[]null") {
		t.Errorf("%+v", doc)
	}
}

// TestCompareEdges: nothing in common, nothing on a front, names that could be taken for something else.
func TestCompareEdges(t *testing.T) {
	plain := built(3, func(i int, c *results.CandidateRow) {})
	none := built(2, func(i int, c *results.CandidateRow) {
		c.Status, c.OnFront, c.Reason = results.Infeasible, false, "GLB is too small"
	})
	other := built(2, func(i int, c *results.CandidateRow) {})
	other.Workloads[0].Name = "other\x1b[31m"
	for _, c := range []struct {
		name string
		a, b *Data
		want string
	}{
		{"none in B", plain, none, "The fronts have no area in common"},
		{"none in both", none, none, "no area in common"},
		{"other workloads", plain, other, "Only in B: other [31m"},
		{"hostile", hostileData(t), hostileData(t), "Settings, parameters' values and configuration are the same."},
	} {
		cmp := Compare(c.a, c.b)
		var text, svg, page, xlsx, doc bytes.Buffer
		for name, err := range map[string]error{"text": WriteCompareText(&text, cmp), "svg": WriteCompareSVG(&svg, cmp), "page": WriteCompareHTML(&page, cmp),
			"xlsx": WriteCompareXLSX(&xlsx, cmp), "json": WriteCompareJSON(&doc, cmp)} {
			if err != nil {
				t.Errorf("%s: %s: %v", c.name, name, err)
			}
		}
		if !strings.Contains(text.String(), c.want) || strings.ContainsAny(text.String()+svg.String(), "\x1b\x07") || strings.Contains(page.String(), "<b>&") {
			t.Errorf("%s: %s", c.name, text.String())
		}
		svgOf(t, func(w io.Writer) error { _, err := w.Write(svg.Bytes()); return err })
		if strings.Contains(text.String()+svg.String()+page.String(), "NaN") {
			t.Errorf("%s: NaN is shown:\n%s", c.name, text.String())
		}
	}
}

// TestCompareLongTexts: long lists of settings do not make a row higher than rows can be.
func TestCompareLongTexts(t *testing.T) {
	a, b := twoSweeps(t)
	b.Sweep.Overrides = []string{"PE.x=" + strings.Repeat("1,", 2000) + "2"}
	var out bytes.Buffer
	if err := WriteCompareXLSX(&out, Compare(a, b)); err != nil {
		t.Fatal(err)
	}
}
