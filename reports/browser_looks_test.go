package reports

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"tcmdse/results"
)

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
