package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"tcmdse/results"
)

// svgOf writes a picture and reads it back as XML: how many elements of which class there are, and its texts.
func svgOf(t *testing.T, write func(io.Writer) error) (classes map[string]int, texts []string, raw string) {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	raw = b.String()
	classes = map[string]int{}
	in := xml.NewDecoder(&b)
	inText := false
	for {
		tok, err := in.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not XML: %v", err)
		}
		switch x := tok.(type) {
		case xml.StartElement:
			inText = x.Name.Local == "text"
			classes[x.Name.Local]++
			for _, a := range x.Attr {
				if a.Name.Local == "class" {
					classes["."+a.Value]++
				}
			}
		case xml.CharData:
			if inText {
				texts = append(texts, string(x))
			}
		case xml.EndElement:
			inText = false
		}
	}
	return classes, texts, raw
}

func TestSVG(t *testing.T) {
	d := realistic(t)
	classes, texts, raw := svgOf(t, func(w io.Writer) error { return WriteSVG(w, d) })
	if n := len(d.Workloads[0].Front) + len(d.Workloads[1].Front) + len(d.Mean.Front) + 9; classes[".mark"] != n || classes[".front"] != 3 || classes[".cloud"] != 3 || classes[".label"] != 9 {
		t.Errorf("%v, want %d marks", classes, n)
	}
	if dots := strings.Count(raw, "a2.5 2.5 0 1 0 5 0"); dots != 102-13+75-9+75-9 {
		t.Errorf("%d dots", dots)
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{"buffers", "area and EDP on edge", "netA: 13 of 108 candidates on the front", "area (mm²)", "EDP (µJ·s)", "smallest (idx ", "knee (idx ", "least EDP (idx ",
		"2 workloads on each candidate, geometric mean (netA 50 %, netB 50 %); mappings optimal for edp; tcmdse test, 2001-09-09"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
	if !strings.HasPrefix(raw, `<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="984" viewBox="0 0 1280 984"`) || strings.Contains(raw, "href") || strings.Contains(raw, "NaN") {
		t.Errorf("%.200s", raw)
	}
	golden(t, "front.svg", raw)
}

// TestSVGNames: names stay text, and long ones within the picture.
func TestSVGNames(t *testing.T) {
	d := hostileData(t)
	d.Sweep.Name = "<script>&\x00\x1b[31m" + strings.Repeat("long ", 100)
	d.Workloads[0].Name = `"]]>` + strings.Repeat("w", 500)
	classes, texts, _ := svgOf(t, func(w io.Writer) error { return WriteSVG(w, d) })
	if classes["script"] > 0 || len(texts) == 0 || !strings.HasPrefix(texts[0], "<script>&  [31mlong") {
		t.Errorf("%v, %q", classes, texts)
	}
	for _, s := range texts {
		if len([]rune(s)) > 200 {
			t.Errorf("%d letters: %s", len(s), s)
		}
	}
}

// TestSVGEmpty: where nothing can be drawn the panel says why, and one design alone is drawn.
func TestSVGEmpty(t *testing.T) {
	for _, c := range []struct {
		name  string
		n     int
		f     func(i int, c *results.CandidateRow)
		want  string
		marks int
	}{
		{"no candidate", 0, nil, "No candidate has a valid mapping", 0},
		{"none mapped", 3, func(i int, c *results.CandidateRow) {
			c.Status, c.OnFront, c.Reason = results.Infeasible, false, "GLB is too small"
		}, "3 infeasible: GLB is too small", 0},
		{"no areas", 1, func(i int, c *results.CandidateRow) { c.AreaMM2 = 0 }, "as logarithmic axes need", 0},
		{"one design", 1, func(int, *results.CandidateRow) {}, "1 of 1 candidates on the front; mappings optimal", 2},
	} {
		d := built(c.n, c.f)
		classes, texts, raw := svgOf(t, func(w io.Writer) error { return WriteSVG(w, d) })
		if !strings.Contains(strings.Join(texts, " "), c.want) || classes[".mark"] != c.marks || strings.Contains(raw, "NaN") {
			t.Errorf("%s: %v, %q", c.name, classes, texts)
		}
	}
}

// TestLabelsApart: labels of designs that stand close together do not overlap and are within the plot.
func TestLabelsApart(t *testing.T) {
	p := panel{}
	f := box{0, 0, 400, 300}
	place := func(v xy) (x, y float64) { return v.area, v.edp }
	for _, at := range []xy{{5, 5}, {15, 9}, {20, 12}, {395, 295}, {390, 290}, {200, 150}, {202, 151}} {
		p.labels = append(p.labels, pointLabel{at, [2]string{"smallest (idx 1)", "1.00 mm², 1.00 mJ·s"}})
	}
	var taken []box
	for _, l := range p.labels {
		b := p.room(l, f, l.at.area, l.at.edp, taken, place)
		for _, o := range taken {
			if b.meets(o) {
				t.Errorf("%v is over %v", b, o)
			}
		}
		if !b.within(f) {
			t.Errorf("%v is outside", b)
		}
		taken = append(taken, b)
	}
}

// TestSVGThinned: of many candidates a stated part is drawn.
func TestSVGThinned(t *testing.T) {
	d := built(svgPoints+3000, func(i int, c *results.CandidateRow) { c.OnFront = i%2000 == 0; c.EDPJs *= 1 + float64(i%97) })
	_, texts, raw := svgOf(t, func(w io.Writer) error { return WriteSVG(w, d) })
	dots := strings.Count(raw, "a2.5 2.5 0 1 0 5 0")
	if dots > svgPoints || dots < svgPoints/4 || !strings.Contains(strings.Join(texts, " "), "of 7996 drawn") {
		t.Errorf("%d dots, %q", dots, texts)
	}
}
