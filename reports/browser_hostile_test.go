package reports

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tcmdse/internal/hostile"
)

// TestBrowserHostile opens a page all of whose names are hostile, chooses a design, opens what folds and colours by every parameter:
// no name becomes an element, an attribute or a script, and what is offered for copying holds no control character.
func TestBrowserHostile(t *testing.T) {
	b := openChromium(t)
	names := slices.DeleteFunc(hostile.Names(), func(n hostile.Name) bool { return len(n.Text) > 1000 }) // those make pages large and nothing else
	s, cs := sampleSweep()
	cs = cs[:24]
	s.Name, s.Arch, s.Objective = names[16].Text, names[17].Text, "edp; touch "+hostile.Mark
	for _, n := range names {
		s.Warnings = append(s.Warnings, n.Text)
	}
	s.Workloads = []string{names[19].Text, "$(touch " + hostile.Mark + ")\x1b[201~"}
	for i := range cs {
		for k := range cs[i].Params {
			cs[i].Params[k].Path += names[(k+16)%len(names)].Text
			cs[i].Params[k].Text += names[(i+k)%8+16].Text
		}
		for k := range cs[i].Results {
			r := &cs[i].Results[k]
			r.Workload = s.Workloads[k]
			for n := range r.Layers {
				l := &r.Layers[n]
				l.Name, l.Bottleneck = fmt.Sprint(names[(i+n)%len(names)].Text, n), names[(i+n+7)%len(names)].Text
				if n == 0 {
					l.MappingJSON = "no JSON"
				}
				l.MappingText = names[(i+n+3)%len(names)].Text
			}
		}
	}
	d := stored(t, s, cs)
	at := d.Workloads[1].Candidates[d.Workloads[1].Front[0]].Index
	b.open(pageOf(t, d), fmt.Sprintf("#d1-%d", at))
	b.wait(`!document.getElementById("panel1").hidden`)
	b.eval(`document.querySelectorAll("details").forEach(d => { d.open = true; })`)
	b.eval(`document.querySelectorAll("select").forEach(s => { for (const o of s.options) { s.value = o.value; s.dispatchEvent(new Event("change")); } })`)
	b.settle()
	if title := b.eval(`document.title`); strings.HasPrefix(title, hostile.Mark) {
		t.Errorf("a script ran: the title is %q", title)
	}
	if got := b.eval(`document.querySelectorAll("script").length + " " + document.querySelectorAll("img, iframe, object, embed, base, link, form").length + " " +
		[...document.querySelectorAll("*")].filter(e => [...e.attributes].some(a => /^on|^srcdoc$|^src$/.test(a.name) || a.name === "href" && !a.value.startsWith("#d"))).length`); got != "2 0 0" {
		t.Errorf("scripts, elements and attributes: %s, want 2 0 0", got)
	}
	copied := b.eval(`[...document.querySelectorAll(".command pre")].map(e => e.textContent).join("\n")`)
	if strings.ContainsFunc(copied, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' }) || !strings.Contains(copied, "[201~") {
		t.Errorf("a control character to paste: %q", copied)
	}
	if !strings.Contains(copied, "--objective '") || !strings.Contains(copied, "--workload '") {
		t.Errorf("an argument without quotes: %q", copied)
	}
}
