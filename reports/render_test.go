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

// rendered prints a workbook with LibreOffice: the pages' pictures and texts by sheet, whose name stands in the footer. It
// needs TCMDSE_LO=1, soffice and pdftoppm. With TCMDSE_SHOTS=DIR the PDF stays there.
func rendered(t *testing.T, name string, workbook []byte) (pictures map[string][][]byte, texts map[string]string) {
	t.Helper()
	if os.Getenv("TCMDSE_LO") == "" {
		t.Skip("TCMDSE_LO is not set")
	}
	dir := t.TempDir()
	run := func(command string, args ...string) []byte {
		out, err := exec.Command(command, args...).Output()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", command, args, err, out)
		}
		return out
	}
	book := filepath.Join(dir, name+".xlsx")
	if err := os.WriteFile(book, workbook, 0o644); err != nil {
		t.Fatal(err)
	}
	pdf := filepath.Join(dir, name+".pdf")
	run("soffice", "--headless", "-env:UserInstallation=file://"+dir+"/lo", "--convert-to", "pdf", "--outdir", dir, book)
	if shots := os.Getenv("TCMDSE_SHOTS"); shots != "" {
		run("cp", pdf, shots)
	}
	const most = 30 // pages; the long tables come behind the charts
	run("pdftoppm", "-r", "80", "-l", fmt.Sprint(most), pdf, filepath.Join(dir, "p"))
	files, err := filepath.Glob(filepath.Join(dir, "p*.ppm"))
	if err != nil || len(files) == 0 {
		t.Fatalf("pages %v, %v", files, err)
	}
	pictures, texts = map[string][][]byte{}, map[string]string{}
	footer := regexp.MustCompile(`(?m)^\s*(\w+)\s+Page \d+ of \d+\s*$`)
	for i, page := range bytes.Split(run("pdftotext", "-layout", "-l", fmt.Sprint(most), pdf, "-"), []byte("\f")) {
		m := footer.FindSubmatch(page)
		if m == nil || i >= len(files) {
			continue
		}
		ppm, err := os.ReadFile(files[i])
		if err != nil {
			t.Fatal(err)
		}
		var w, h, depth int
		if _, err := fmt.Sscanf(string(ppm[:40]), "P6\n%d %d\n%d\n", &w, &h, &depth); err != nil {
			t.Fatal(err)
		}
		sheet := string(m[1])
		pictures[sheet] = append(pictures[sheet], ppm[len(ppm)-3*w*h:])
		texts[sheet] += string(page)
	}
	return pictures, texts
}

// pixels counts those of nearly one colour, "D55E00".
func pixels(pictures [][]byte, colour string) int {
	var want [3]int
	fmt.Sscanf(colour, "%02X%02X%02X", &want[0], &want[1], &want[2])
	n := 0
	for _, px := range pictures {
		for ; len(px) > 0; px = px[3:] {
			near := true
			for i, v := range want {
				near = near && int(px[i])-v < 12 && v-int(px[i]) < 12
			}
			if near {
				n++
			}
		}
	}
	return n
}

// TestRender: charts show in LibreOffice, with every series in its colour, and no column is too narrow for its figures.
func TestRender(t *testing.T) {
	_, data := workbook(t, realistic(t))
	pictures, texts := rendered(t, "sweep", data)
	for sheet, colours := range map[string]map[string]int{
		"Front":     {"D55E00": 300, "7F7F7F": 300},
		"Mean":      {"D55E00": 150, "7F7F7F": 100},
		"Axes":      {"D55E00": 1000, "0072B2": 500, "7F7F7F": 500},
		"Breakdown": {"0072B2": 3000, "E69F00": 3000, "009E73": 1000, "8C8C8C": 30},
	} {
		for c, least := range colours {
			if got := pixels(pictures[sheet], c); got < least {
				t.Errorf("%s: %d pixels in colour %s, want %d at least: a series does not show", sheet, got, c, least)
			}
		}
	}
	for _, sheet := range []string{"Summary", "Front", "Mean", "Axes", "Breakdown", "Candidates"} {
		if texts[sheet] == "" {
			t.Errorf("no page of %s", sheet)
		}
		for _, bad := range []string{"###", "Err:", "#NAME", "#REF", "#VALUE", "#N/A"} {
			if strings.Contains(texts[sheet], bad) {
				t.Errorf("%s shows %s:\n%s", sheet, bad, texts[sheet])
			}
		}
	}
}

// TestRenderCompare: both fronts show, in two colours.
func TestRenderCompare(t *testing.T) {
	a, b := twoSweeps(t)
	var book bytes.Buffer
	if err := WriteCompareXLSX(&book, Compare(a, b)); err != nil {
		t.Fatal(err)
	}
	pictures, texts := rendered(t, "compare", book.Bytes())
	for _, c := range []string{frontColour, otherColour} {
		if got := pixels(pictures["Front"], strings.TrimPrefix(c, "#")); got < 100 {
			t.Errorf("%d pixels in colour %s", got, c)
		}
	}
	if texts["Summary"] == "" || strings.Contains(texts["Summary"]+texts["Front"], "###") {
		t.Errorf("%s%s", texts["Summary"], texts["Front"])
	}
}
