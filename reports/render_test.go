package reports

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

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
