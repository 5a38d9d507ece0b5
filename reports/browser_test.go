package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
)

// TestBrowser does in Chromium what a reader does: points, clicks, types, colours, goes back. Inputs are real events.
func TestBrowser(t *testing.T) {
	b := openChromium(t)
	d := withNests(realistic(t))
	address := b.open(pageOf(t, d), "#d1-15")
	run := func(name string, f func(t *testing.T)) {
		t.Run(name, func(t *testing.T) {
			b.t = t // which fails when the browser does not answer
			f(t)
		})
		b.t = t
	}
	run("address", func(t *testing.T) {
		b.wait(`document.querySelector("#panel1 h3").textContent.includes("netB, candidate 15, on the front")`)
		if got := b.eval(`document.querySelector("tr.on").dataset.row + " " + document.getElementById("panel0").hidden`); got != "d1-15 true" {
			t.Errorf("the address's design: row %s", got)
		}
		b.eval(`location.hash = ""`)
		b.wait(`document.getElementById("panel1").hidden`)
		b.eval(`window.scrollTo(0, 0)`)
	})
	run("mouse", func(t *testing.T) { byMouse(t, b, d) })
	run("keys", func(t *testing.T) { byKeys(t, b, d) })
	run("colours", func(t *testing.T) { byColour(t, b) })
	run("design", func(t *testing.T) { ofDesign(t, b) })
	run("looks", func(t *testing.T) { looks(t, b) })
	run("touch", func(t *testing.T) { byTouch(t, b, d) })
	run("bare", func(t *testing.T) { bare(t, b) })
	run("large", func(t *testing.T) { hoverLarge(t, b) })
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.faults) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(b.faults, "\n"))
	}
	for _, r := range b.requests {
		if !strings.HasPrefix(r, "file://") || !strings.HasSuffix(r, "/page.html") {
			t.Errorf("the page asks for %s", r)
		}
	}
	if len(b.requests) < 2 || !strings.HasPrefix(b.requests[0], address) {
		t.Errorf("requests %q: they are not seen", b.requests)
	}
}

// place is where a candidate of the first workload is drawn in the window.
func place(t *testing.T, b *chromium, w *Workload, at int) (x, y float64) {
	t.Helper()
	points, _ := thin(w, htmlPoints)
	ax, ay := w.logAxes(points)
	c := &w.Candidates[at]
	b.eval(`document.getElementById("plot0").scrollIntoView({block: "center"})`)
	b.settle()
	var left, top, width float64
	if _, err := fmt.Sscan(b.eval(`(function (r) { return r.left + " " + r.top + " " + r.width; })(document.getElementById("plot0").getBoundingClientRect())`), &left, &top, &width); err != nil {
		t.Fatal(err)
	}
	s := width / plotFrame.Width
	return left + s*ax.at(c.AreaMM2), top + s*ay.at(c.EDPJs)
}

// lonely is a candidate that is not on the front and far from all others.
func lonely(w *Workload) (best int) {
	points, _ := thin(w, htmlPoints)
	x, y := w.logAxes(points)
	most := 0.0
	for _, i := range points {
		least := math.Inf(1)
		for _, k := range points {
			if a, c := &w.Candidates[i], &w.Candidates[k]; i != k {
				least = min(least, math.Hypot(x.at(a.AreaMM2)-x.at(c.AreaMM2), y.at(a.EDPJs)-y.at(c.EDPJs)))
			}
		}
		if !w.Candidates[i].OnFront && least > most {
			best, most = i, least
		}
	}
	return best
}

const tipText = `(function (e) { return e.hidden ? "" : e.textContent; })(document.getElementById("tip"))`

// byMouse: the tooltip is that of the point below or beside the pointer, and inside the window; a click opens the point.
func byMouse(t *testing.T, b *chromium, d *Data) {
	w := &d.Workloads[0]
	for _, at := range []int{w.Front[0], w.Front[len(w.Front)-1], lonely(w)} {
		c := &w.Candidates[at]
		x, y := place(t, b, w, at)
		b.mouse("mouseMoved", x+2, y-2)
		got := b.eval(tipText)
		for _, want := range []string{fmt.Sprintf("candidate %d", c.Index), "area" + three(c.AreaMM2) + " mm²", "GLB.size" + c.Params[2].Text} {
			if !strings.Contains(got, want) {
				t.Errorf("candidate %d: the tooltip %q has no %q", c.Index, got, want)
			}
		}
		if strings.Contains(got, "on the front") != c.OnFront {
			t.Errorf("candidate %d, on front %v: %q", c.Index, c.OnFront, got)
		}
		if in := b.eval(`(function (r) { return r.left >= 0 && r.top >= 0 && r.right <= innerWidth && r.bottom <= innerHeight; })(document.getElementById("tip").getBoundingClientRect())`); in != "true" {
			t.Errorf("candidate %d: the tooltip leaves the window", c.Index)
		}
		b.keep(fmt.Sprintf("hover%d.png", c.Index))
		b.click(x+2, y-2)
		b.wait(fmt.Sprintf(`location.hash === "#d0-%d" && !document.getElementById("panel0").hidden`, c.Index))
		panel := b.eval(`document.getElementById("panel0").textContent`)
		for _, want := range []string{fmt.Sprintf("candidate %d,", c.Index), "PE.x" + c.Params[0].Text, "tcmdse map --arch design.yaml --workload netA -v"} {
			if !strings.Contains(panel, want) {
				t.Errorf("candidate %d: the panel %q has no %q", c.Index, panel, want)
			}
		}
		if sets := strings.Contains(panel, "--set GLB.size="+c.Params[2].Text) && strings.Contains(panel, fmt.Sprintf("sweep_id = %d AND idx = %d", d.Sweep.ID, c.Index)); sets == c.OnFront {
			t.Errorf("candidate %d, on front %v: how to map it again: %q", c.Index, c.OnFront, panel)
		}
		b.eval(`window.scrollTo(0, 0)`)
	}
	x, y := place(t, b, w, w.Front[0])
	b.mouse("mouseMoved", x-40, y+60)
	if got := b.eval(tipText); got != "" {
		t.Errorf("a tooltip far from any point: %q", got)
	}
	b.eval(`history.back()`)
	b.wait(fmt.Sprintf(`location.hash === "#d0-%d"`, w.Candidates[w.Front[len(w.Front)-1]].Index))
	b.wait(fmt.Sprintf(`document.querySelector("#panel0 h3").textContent.includes("candidate %d,")`, w.Candidates[w.Front[len(w.Front)-1]].Index))
	b.eval(`location.hash = ""; window.scrollTo(0, 0)`)
}

// byKeys: the front is one tab stop, arrows move along it and say where one is, Enter opens.
func byKeys(t *testing.T, b *chromium, d *Data) {
	w := &d.Workloads[0]
	index := func(k int) int64 { return w.Candidates[w.Front[k]].Index }
	b.eval(`document.getElementById("colour0").focus()`)
	b.key("Tab", 9, "")
	said := func(k int) {
		t.Helper()
		if got, want := b.eval(`document.getElementById("live0").textContent`), fmt.Sprintf("candidate %d, ", index(k)); !strings.HasPrefix(got, want) {
			t.Errorf("said %q, want %q", got, want)
		}
		if got := b.eval(tipText); !strings.Contains(got, fmt.Sprintf("candidate %d,", index(k))) {
			t.Errorf("shown %q, want candidate %d", got, index(k))
		}
	}
	b.key("Home", 36, "")
	said(0)
	b.key("ArrowRight", 39, "")
	b.key("ArrowRight", 39, "")
	said(2)
	b.key("End", 35, "")
	said(len(w.Front) - 1)
	b.key("Home", 36, "")
	b.key("ArrowLeft", 37, "")
	said(0)
	b.key("ArrowRight", 39, "")
	b.keep("keys.png")
	b.key("Enter", 13, "\r")
	b.wait(fmt.Sprintf(`location.hash === "#d0-%d"`, index(1)))
	if got := b.eval(`document.activeElement.getAttribute("class") + getComputedStyle(document.activeElement).strokeWidth + document.querySelectorAll("#plot0 [tabindex='0']").length`); got != "front4px1" {
		t.Errorf("focus is on %s", got)
	}
	b.key("Tab", 9, "")
	if got := b.eval(`document.getElementById("panel0").contains(document.activeElement)`); got != "true" {
		t.Error("Tab does not go on to the panel")
	}
}

// byColour: every axis colours front and other points, with a swatch for each value, or five of many.
func byColour(t *testing.T, b *chromium) {
	pick := func(name string) string {
		return b.eval(fmt.Sprintf(`(function (s) { s.value = Array.from(s.options).find(function (o) { return o.text === %q; }).value; s.dispatchEvent(new Event("change"));
			return document.getElementById("key0").textContent + "|" + document.querySelectorAll("#key0 i").length + "|" + document.querySelectorAll("#plot0 path.dots").length + "|" +
				new Set(Array.from(document.querySelectorAll("#plot0 .front")).map(function (c) { return getComputedStyle(c).fill; })).size; })(document.getElementById("colour0"))`, name))
	}
	if got := pick("GLB.size"); got != "32KiB64KiB128KiB0.25MiB|4|5|3" {
		t.Errorf("coloured by GLB.size: %s", got)
	}
	b.keep("coloured.png")
	got := strings.Split(pick("energy"), "|")
	if n, err := strconv.Atoi(got[2]); err != nil || n < 6 || got[1] != "5" || !strings.Contains(got[0], "µJ") {
		t.Errorf("coloured by energy: %q", got)
	}
	if got := pick("front and other designs"); got != "|0|1|1" {
		t.Errorf("not coloured: %s", got)
	}
}

// ofDesign: layers with their bars in any order, components, a mapping drawn with all its loops.
func ofDesign(t *testing.T, b *chromium) {
	b.eval(`location.hash = "#d1-15"`)
	b.wait(`!document.getElementById("panel1").hidden`)
	first := func() string {
		return b.eval(`document.querySelector("#panel1 tbody td").textContent + document.querySelectorAll("#panel1 tbody .bar i").length`)
	}
	was := first()
	now := b.eval(`(function (s) { s.value = "1"; s.dispatchEvent(new Event("change")); return document.querySelector("#panel1 tbody").textContent; })(document.querySelector("#panel1 .order select"))`)
	if was != "l014" || now == "" || first() == was {
		t.Errorf("rows start with %s, by energy with %s", was, first())
	}
	b.eval(`document.querySelector("#panel1 details.mapping summary").click()`)
	b.wait(`document.querySelector("#panel1 svg.nest") !== null`)
	got := b.eval(`(function (s) { return [s.dataset.loops, s.querySelectorAll("[data-loop]").length, s.querySelectorAll("rect.par").length, s.querySelectorAll("rect.keep").length,
		s.nextSibling, s.parentNode.nextSibling.textContent].join("|"); })(document.querySelector("#panel1 svg.nest"))`)
	for _, want := range []string{"9|9|2|3|", "DRAM keeps I ", "par PE.x: q in 7", "tile 7", "% full"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in the drawn mapping: %s", want, got)
		}
	}
	outside := b.eval(`Array.from(document.querySelectorAll("#panel1 svg.nest text")).filter(function (e) { var r = e.getBBox(), v = e.ownerSVGElement.viewBox.baseVal;
		return r.x < 0 || r.x + r.width > v.width || r.y + r.height > v.height; }).map(function (e) { return e.textContent; }).join("; ")`)
	if outside != "" {
		t.Errorf("texts leave the picture: %s", outside)
	}
	b.eval(`document.querySelector("#panel1 details.mapping").scrollIntoView()`)
	b.keep("design.png")
	for _, before := range []string{"", `Object.defineProperty(navigator, "clipboard", {value: undefined, configurable: true})`} {
		b.eval(before)
		got := b.eval(`(function (c) { c.textContent = ""; c.click(); return new Promise(function (done) { setTimeout(function () { done(c.textContent); }, 100); }); })(document.querySelector("#panel1 .command button"))`)
		if got != "Copied" && got != "Selected" {
			t.Errorf("%s: the button says %q after copying", before, got)
		}
	}
}
