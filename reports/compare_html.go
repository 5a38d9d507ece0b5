package reports

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
)

//go:embed templates/compare.html
var comparePage string

// WriteCompareHTML writes a comparison as one self-contained page without scripts.
func WriteCompareHTML(w io.Writer, c *Comparison) error {
	t, err := template.New("compare").Parse(comparePage)
	if err != nil {
		return err
	}
	var picture strings.Builder
	if err := WriteCompareSVG(&picture, c); err != nil {
		return err
	}
	v := compareView{A: c.a.Sweep.Name, B: c.b.Sweep.Name, Picture: template.HTML(picture.String()), // all text in it is escaped
		Sides: c.sides(), Differing: c.differing(), ConfigA: c.ConfigA, ConfigB: c.ConfigB, OnlyA: c.OnlyA, OnlyB: c.OnlyB, Notes: c.Notes}
	for i := range c.Workloads {
		wc := &c.Workloads[i]
		wv := compareWorkloadView{Name: wc.Name, Sentences: wc.sentences(), Designs: c.designText(wc)}
		for _, f := range wc.facts() {
			wv.Facts = append(wv.Facts, f.text())
		}
		v.Workloads = append(v.Workloads, wv)
	}
	return t.Execute(w, v)
}

type compareView struct {
	A, B             string
	Picture          template.HTML
	Sides, Differing [][3]string
	ConfigA, ConfigB []string
	OnlyA, OnlyB     []string
	Notes            []string
	Workloads        []compareWorkloadView
}

type compareWorkloadView struct {
	Name      string
	Facts     [][4]string
	Sentences []string
	Designs   [][]string // a header first
}
