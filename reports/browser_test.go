package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"tcmdse/results"
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

// contrasts lists texts whose colour is less than 4.5 times as bright, or dark, as what is behind them.
const contrasts = `(function () {
	function parts(c) { return c.match(/[\d.]+/g).map(Number); }
	function light(c) { var v = parts(c).slice(0, 3).map(function (x) { x /= 255; return x <= 0.03928 ? x / 12.92 : Math.pow((x + 0.055) / 1.055, 2.4); }); return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; }
	function behind(e) { for (; e; e = e.parentElement) { var c = getComputedStyle(e).backgroundColor; if (parts(c).length < 4 || parts(c)[3] > 0) return c; } return "rgb(255, 255, 255)"; }
	var low = [];
	[["body"], ["p.meta"], ["td a"], ["select"], ["#panel1 dt"], ["#panel1 pre"], ["th"], ["tr.on a"], ["#plot0 text", "fill"], ["#panel1 .nest text.soft", "fill"], ["#panel1 .nest text.inverse", "fill", "rect.compute"]].forEach(function (s) {
		var e = document.querySelector(s[0]), a = light(getComputedStyle(e)[s[1] || "color"]), back = s[2] ? getComputedStyle(e.parentNode.querySelector(s[2])).fill : behind(e), c = light(back);
		var ratio = (Math.max(a, c) + 0.05) / (Math.min(a, c) + 0.05);
		if (ratio < 4.5) low.push(s[0] + " " + ratio.toFixed(1));
	});
	return getComputedStyle(document.body).backgroundColor + " " + low.join(", "); })()`

// looks: readable in both schemes, in print, and on a narrow window without scrolling sideways.
func looks(t *testing.T, b *chromium) {
	for scheme, want := range map[string]string{"light": "rgb(255, 255, 255) ", "dark": "rgb(22, 22, 24) "} {
		b.call("Emulation.setEmulatedMedia", fmt.Sprintf(`{"features":[{"name":"prefers-color-scheme","value":%q}]}`, scheme), nil)
		if got := b.eval(contrasts); got != want {
			t.Errorf("%s: background and low contrasts %q, want %q and none", scheme, got, want)
		}
	}
	b.keep("dark.png")
	b.eval(`window.scrollTo(0, 0)`)
	b.keep("darktop.png")
	b.call("Emulation.setEmulatedMedia", `{"media":"print","features":[{"name":"prefers-color-scheme","value":"dark"}]}`, nil)
	if got := b.eval(contrasts + ` + Array.from(document.querySelectorAll("button, select, .tip")).filter(function (e) { return e.getClientRects().length > 0; }).length`); got != "rgb(255, 255, 255) 0" {
		t.Errorf("print in dark mode: background, low contrasts and controls %q", got)
	}
	if got := b.eval(`getComputedStyle(document.querySelector(".bar i")).printColorAdjust + document.querySelector("#panel1").getClientRects().length`); got != "exact1" {
		t.Errorf("bars and the chosen design in print: %s", got)
	}
	b.keep("print.pdf")
	b.call("Emulation.setEmulatedMedia", `{"media":"","features":[]}`, nil)
	b.call("Emulation.setDeviceMetricsOverride", `{"width":375,"height":800,"deviceScaleFactor":1,"mobile":false}`, nil)
	if got := b.eval(`document.documentElement.scrollWidth - document.documentElement.clientWidth`); got != "0" {
		t.Errorf("a window of 375 pixels scrolls sideways by %s", got)
	}
	b.keep("narrow.png")
	b.eval(`document.querySelector("#panel1").scrollIntoView()`)
	b.keep("narrow2.png")
	b.call("Emulation.clearDeviceMetricsOverride", `{}`, nil)
}

// byTouch: a tap chooses a point, those beside the front as well.
func byTouch(t *testing.T, b *chromium, d *Data) {
	b.call("Emulation.setTouchEmulationEnabled", `{"enabled":true}`, nil)
	b.eval(`window.scrollTo(0, 0)`)
	w := &d.Workloads[0]
	for _, at := range []int{w.Front[0], lonely(w)} {
		x, y := place(t, b, w, at)
		for try, hash := 0, fmt.Sprintf("#d0-%d", w.Candidates[at].Index); try < 5 && b.eval("location.hash") != hash; try++ { // on a busy machine a tap can last as long as a press
			b.call("Input.dispatchTouchEvent", fmt.Sprintf(`{"type":"touchStart","touchPoints":[{"x":%g,"y":%g}]}`, x+4, y+4), nil)
			b.call("Input.dispatchTouchEvent", `{"type":"touchEnd","touchPoints":[]}`, nil)
			b.settle()
		}
		b.wait(fmt.Sprintf(`location.hash === "#d0-%d" && document.querySelector("#panel0 h3").textContent.includes("candidate %[1]d,")`, w.Candidates[at].Index))
		b.eval(`window.scrollTo(0, 0)`)
	}
	b.call("Emulation.setTouchEmulationEnabled", `{"enabled":false}`, nil)
}

// bare: designs without areas are on no plot and in the table, which leads to them; without layers there are no tables of any.
func bare(t *testing.T, b *chromium) {
	d := built(3, func(_ int, c *results.CandidateRow) { c.AreaMM2 = 0 })
	d.Sweep.Workloads, d.Workloads[0].Name = []string{"a", "b's"}, "geometric mean"
	b.open(pageOf(t, d), "")
	b.eval(`document.querySelector('a[href="#d0-1"]').click()`)
	b.wait(`location.hash === "#d0-1" && document.activeElement.id === "panel0"`)
	got := b.eval(`document.getElementById("panel0").textContent + document.querySelectorAll("svg, #panel0 table").length`)
	for _, want := range []string{"geometric mean, candidate 1, on the front", "tcmdse map --arch design.yaml --workload a -v", `--workload 'b'\''s' -v`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in the panel: %s", want, got)
		}
	}
	if !strings.HasSuffix(got, "0") {
		t.Error("a plot, or tables of layers")
	}
}

// hoverLarge: with 5,000 points a move of the pointer takes a few milliseconds, at most.
func hoverLarge(t *testing.T, b *chromium) {
	b.open(pageOf(t, large()), "")
	took, err := strconv.ParseFloat(b.eval(`(function (s) { var r = s.getBoundingClientRect(), at = performance.now();
		for (var i = 0; i < 200; i++) s.dispatchEvent(new PointerEvent("pointermove", {clientX: r.left + r.width * (0.1 + 0.004 * i), clientY: r.top + r.height / 2}));
		return (performance.now() - at) / 200; })(document.getElementById("plot0"))`), 64)
	if err != nil || took > 16 { // a frame
		t.Errorf("a move takes %g ms, %v", took, err)
	}
	t.Logf("a move over 5,000 points takes %.2f ms", took)
	b.eval(`(function (s) { s.value = "5"; s.dispatchEvent(new Event("change")); })(document.getElementById("colour0"))`)
	if got := b.eval(`document.getElementById("key0").textContent`); strings.Count(got, "kHz") != 5 {
		t.Errorf("the legend of a parameter with 5,000 values: %q", got)
	}
	b.keep("large.png")
}
