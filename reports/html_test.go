package reports

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func pageOf(t *testing.T, d *Data) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestHTML: every mapped candidate is drawn, every design of the front has a row, layers and loop nests, and nothing
// comes from elsewhere.
func TestHTML(t *testing.T) {
	d := realistic(t)
	page := pageOf(t, d)
	for want, n := range map[string]int{`<circle class="front"`: 13 + 9, `<circle class="dot"`: 102 + 75 - 13 - 9, `<polyline class="stair"`: 2,
		`<tr data-row=`: 13 + 9, `<details class="design"`: 13 + 9, "loop nest of l": 4 * (13 + 9), "DRAM: I, W, O\n  for m in 4": 4 * (13 + 9)} {
		if got := strings.Count(page, want); got != n {
			t.Errorf("%d of %q, want %d", got, want, n)
		}
	}
	for _, want := range []string{"prefers-color-scheme: dark", "@media print", "6 over budget: area 12.3", "27 infeasible: layer qk", `href="#d0-101"`, `id="d0-101"`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	if bad := regexp.MustCompile(`https?://|NaN|Inf\b|ZgotmplZ|<link|@import|src=|<no value>`).FindAllString(page, -1); bad != nil {
		t.Errorf("the page has %q", bad)
	}
}

func TestHTMLEscapes(t *testing.T) {
	page := pageOf(t, hostile(t))
	if strings.Count(page, "<script>") != 1 || strings.Contains(page, "alert(1)</script>") || !strings.Contains(page, "&lt;script&gt;alert(1)") {
		t.Error("a warning's text became a script")
	}
	if strings.Contains(page, "<b>") {
		t.Error("a name became markup")
	}
}

// TestBrowser opens a design and colours the points in Chromium. It needs TCMDSE_LO=1 and chromium.
func TestBrowser(t *testing.T) {
	if os.Getenv("TCMDSE_LO") == "" {
		t.Skip("TCMDSE_LO is not set")
	}
	dir := t.TempDir()
	drive := `<script>window.onerror = function (m) { document.body.dataset.fault = m };
var c = document.querySelector('circle[data-design="d1-15"]'); c.dispatchEvent(new MouseEvent("click"));
var s = document.querySelector('select[data-plot="1"]'); s.value = "2"; s.dispatchEvent(new Event("change"));
setTimeout(function () { document.body.dataset.open = document.querySelectorAll("details.design[open]").length + " " + document.querySelector("details.design[open]").id;
document.body.dataset.tip = document.getElementById("tip1").textContent; document.body.dataset.fill = c.style.fill; }, 200)</script></body>`
	path := filepath.Join(dir, "p.html")
	if err := os.WriteFile(path, []byte(strings.Replace(pageOf(t, realistic(t)), "</body>", drive, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("chromium", "--headless", "--no-sandbox", "--user-data-dir="+dir+"/c", "--virtual-time-budget=3000", "--dump-dom", "file://"+path).Output()
	if err != nil {
		t.Fatal(err)
	}
	body := regexp.MustCompile(`<body[^>]*>`).FindString(string(out))
	for _, want := range []string{`data-ready="22"`, `data-open="1 d1-15"`, `data-tip="candidate 15: 1.92 mm²`, `data-fill="rgb(`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	if strings.Contains(body, "data-fault") {
		t.Error(body)
	}
}

// TestRender converts the workbook with LibreOffice and counts the pixels of the front and of the points. It needs
// TCMDSE_LO=1, soffice and pdftoppm.
func TestRender(t *testing.T) {
	if os.Getenv("TCMDSE_LO") == "" {
		t.Skip("TCMDSE_LO is not set")
	}
	dir := t.TempDir()
	_, data := workbook(t, realistic(t))
	if err := os.WriteFile(filepath.Join(dir, "r.xlsx"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][]string{
		{"soffice", "--headless", "-env:UserInstallation=file://" + dir + "/lo", "--convert-to", "pdf", "--outdir", dir, filepath.Join(dir, "r.xlsx")},
		{"pdftoppm", "-r", "80", "-f", "2", "-l", "3", filepath.Join(dir, "r.pdf"), filepath.Join(dir, "p")},
	} {
		if out, err := exec.Command(c[0], c[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", c, err, out)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "p*.ppm"))
	if err != nil || len(files) != 2 {
		t.Fatalf("pages %v, %v", files, err)
	}
	front, points := 0, 0
	for _, f := range files {
		ppm, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var w, h, depth int
		if _, err := fmt.Sscanf(string(ppm[:40]), "P6\n%d %d\n%d\n", &w, &h, &depth); err != nil {
			t.Fatal(err)
		}
		for px := ppm[len(ppm)-3*w*h:]; len(px) > 0; px = px[3:] {
			r, g, b := int(px[0]), int(px[1]), int(px[2])
			switch {
			case r > 180 && g > 60 && g < 140 && b < 60:
				front++
			case r > 110 && r < 145 && r == g && g == b:
				points++
			}
		}
	}
	if front < 300 || points < 300 {
		t.Errorf("%d pixels in the front's colour, %d in that of the points: the chart does not show", front, points)
	}
}
