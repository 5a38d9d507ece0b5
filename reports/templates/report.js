// The plots: hover, click, keys, colours, and the address that names the chosen design.
// PAGE is the data (html_data.go); $ finds an element; el makes one.
document.documentElement.className = "js";
var plots = PAGE.plots.map(function (p, id) { return makePlot(p, id); }).filter(function (p) { return p; });
var tip = $("tip");

// makePlot joins a workload's data with its drawing; there is no drawing where nothing can be drawn.
function makePlot(data, id) {
  var svg = $("plot" + id), x = [], y = [], f = PAGE.frame;
  function scale(v, low, high, from, to) { return v > 0 ? from + (Math.log10(v) - low) / (high - low) * (to - from) : null; }
  data.idx.forEach(function (_, i) {
    x.push(scale(data.area[i], data.x[0], data.x[1], f[2], f[4]));
    y.push(scale(data.edp[i], data.y[0], data.y[1], f[5], f[3]));
  });
  var p = {id: id, data: data, svg: svg, x: x, y: y, marks: [], place: {}, chosen: -1, panel: $("panel" + id), live: $("live" + id)};
  data.front.forEach(function (i, k) { p.place[i] = k; });
  if (!svg) return p;
  p.ring = el(svg, "circle", {"class": "ring", r: 10, visibility: "hidden"});
  p.circle = el(svg, "circle", {"class": "chosen", r: 12, visibility: "hidden"});
  svg.querySelectorAll("circle.front").forEach(function (c) {
    var k = +c.dataset.front;
    p.marks.push({k: k, i: data.front[k], circle: c});
    c.removeChild(c.querySelector("title"));
    c.setAttribute("role", "button");
    c.setAttribute("tabindex", p.marks.length === 1 ? 0 : -1);
    c.setAttribute("aria-label", told(p, data.front[k]).join("; "));
  });
  p.marks.forEach(function (m, at) {
    m.circle.addEventListener("focus", function () { roam(p, at); });
    m.circle.addEventListener("blur", function () { unpoint(p); });
  });
  svg.addEventListener("keydown", function (e) { onKey(p, e); });
  svg.addEventListener("pointermove", function (e) { onMove(p, e); });
  svg.addEventListener("pointerdown", function (e) { onMove(p, e); });
  svg.addEventListener("pointerleave", function () { leave(p); });
  svg.addEventListener("click", function (e) {
    var i = nearest(p, e.clientX, e.clientY);
    if (i >= 0) choose(p, i);
  });
  colours(p);
  return p;
}

// nearest is the point within 15 pixels, -1 for none. Designs of the front win over points beside them.
function nearest(p, clientX, clientY) {
  var r = p.svg.getBoundingClientRect(), s = PAGE.frame[0] / r.width, best = -1, least = 15 * s;
  var px = (clientX - r.left) * s, py = (clientY - r.top) * s, i, d;
  for (i = 0; i < p.x.length; i++) {
    if (p.x[i] === null || p.y[i] === null) continue;
    d = Math.hypot(p.x[i] - px, p.y[i] - py);
    if (i in p.place) d = Math.max(0, d - 4 * s);
    if (d < least) { least = d; best = i; }
  }
  return best;
}

// text of a parameter at a point
function valueOf(param, i) {
  var v = param.of[i];
  return param.values ? param.values[v] : v + (param.unit || "");
}

// told lists what a tooltip says of a point.
function told(p, i) {
  var d = p.data, k = p.place[i], design = k === undefined ? null : d.designs[k];
  var out = ["candidate " + d.idx[i] + (k === undefined ? "" : ", on the front" + (d.keys[k] ? ": " + d.keys[k] : "")),
    "area " + figure(d.area[i]) + " mm²", "EDP " + si(d.edp[i], "J·s"), "energy " + si(d.energy[i], "J"), "latency " + si(d.latency[i], "s")];
  if (design && design.limit >= 0) out.push("bound by " + PAGE.names[design.limit]);
  return out.concat(d.params.filter(function (q) { return q.colour && valueOf(q, i); }).slice(0, 12).map(function (q) { return q.path + " " + valueOf(q, i); }));
}

function onMove(p, e) {
  var i = nearest(p, e.clientX, e.clientY);
  if (i < 0) { leave(p); return; }
  p.svg.style.cursor = "pointer";
  point(p, i, e.clientX, e.clientY);
}

// point puts the ring round a point and the tooltip beside a place of the window, inside it.
function point(p, i, left, top) {
  p.ring.setAttribute("cx", p.x[i]);
  p.ring.setAttribute("cy", p.y[i]);
  p.ring.setAttribute("visibility", "visible");
  if (tip.hidden || tip.dataset.at !== p.id + "-" + i) {
    var lines = told(p, i);
    tip.textContent = "";
    el(tip, "b", {}, lines[0]);
    var t = el(tip, "table", {});
    lines.slice(1).forEach(function (line) {
      var cut = line.indexOf(" "), row = el(t, "tr", {});
      if (line.indexOf("bound by ") === 0) cut = 8;
      el(row, "td", {}, line.slice(0, cut));
      el(row, "td", {}, line.slice(cut + 1));
    });
    tip.dataset.at = p.id + "-" + i;
    tip.hidden = false;
  }
  var w = tip.offsetWidth, h = tip.offsetHeight, wide = document.documentElement.clientWidth, high = window.innerHeight;
  var x = left + 16 + w > wide ? left - 16 - w : left + 16, y = top + 16 + h > high ? top - 16 - h : top + 16;
  tip.style.left = Math.max(2, Math.min(x, wide - w - 2)) + "px";
  tip.style.top = Math.max(2, Math.min(y, high - h - 2)) + "px";
}

// leave takes the tooltip away, or back to the marker that keys have reached: scrolling to that one moves the plot away
// from below the pointer, which is no reason to hide what it says.
function leave(p) {
  var m = p.marks[p.at || 0], on = m && document.activeElement === m.circle && m.circle.matches(":focus-visible");
  if (on) roam(p, p.at || 0); else unpoint(p);
}

function unpoint(p) {
  tip.hidden = true;
  p.svg.style.cursor = "";
  p.ring.setAttribute("visibility", "hidden");
}

// roam makes a marker the plot's one tab stop and shows what it is.
function roam(p, at) {
  p.marks.forEach(function (m, k) { m.circle.setAttribute("tabindex", k === at ? 0 : -1); });
  p.at = at;
  var m = p.marks[at], r = m.circle.getBoundingClientRect();
  point(p, m.i, r.right, r.bottom);
  p.live.textContent = told(p, m.i).join("; ");
}

function onKey(p, e) {
  var at = p.at || 0, last = p.marks.length - 1, to = {ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last}[e.key];
  if (e.ctrlKey || e.altKey || e.metaKey) return;
  if (e.key === "Enter" || e.key === " ") choose(p, p.marks[at].i);
  else if (e.key === "Escape") unpoint(p);
  else if (to === undefined) return;
  else {
    to = Math.max(0, Math.min(last, to));
    p.marks[to].circle.focus();
    roam(p, to); // which has the focus already where it was at the end
  }
  e.preventDefault();
}

// choose names a point in the address, so that a link can be mailed and the back button works.
function choose(p, i) {
  var hash = "#d" + p.id + "-" + p.data.idx[i];
  if (location.hash === hash) follow(); else location.hash = hash;
}

// follow shows what the address names.
function follow() {
  var m = /^#d(\d+)-(\d+)$/.exec(location.hash), p = m && plots[+m[1]], i = p ? p.data.idx.indexOf(+m[2]) : -1;
  plots.forEach(function (q) { if (q !== p || i < 0) show(q, -1); });
  document.querySelectorAll("tr.on").forEach(function (r) { r.classList.remove("on"); });
  if (i < 0) return;
  show(p, i);
  var row = document.querySelector('tr[data-row="' + location.hash.slice(1) + '"]');
  if (row) row.classList.add("on");
}

// show fills the panel with a point, -1 for none, and marks it in the plot.
function show(p, i) {
  var was = p.chosen;
  p.chosen = i;
  p.panel.hidden = i < 0;
  if (p.svg) p.circle.setAttribute("visibility", i < 0 || p.x[i] === null || p.y[i] === null ? "hidden" : "visible");
  if (i < 0) { p.panel.textContent = ""; return; }
  if (p.svg && p.x[i] !== null && p.y[i] !== null) { p.circle.setAttribute("cx", p.x[i]); p.circle.setAttribute("cy", p.y[i]); }
  if (was !== i) fillPanel(p, i);
  p.live.textContent = "details of candidate " + p.data.idx[i] + " are below the plot";
  var top = p.panel.getBoundingClientRect().top;
  if (top < 0 || top > 0.75 * window.innerHeight) window.scrollBy(0, top - 0.7 * window.innerHeight); // the plot stays in sight
}

// scales lists what points can be coloured by.
function scales(d) {
  var out = d.params.filter(function (q) { return q.colour; }).map(function (q) {
    return {name: q.path, at: function (i) { return q.of[i]; }, texts: q.values, numbers: q.values ? q.numbers : q.of, text: function (v) { return figure(v) + (q.unit || ""); }};
  });
  [["energy", d.energy, "J"], ["latency", d.latency, "s"]].forEach(function (m) {
    out.push({name: m[0], at: function (i) { return m[1][i]; }, numbers: m[1], text: function (v) { return si(v, m[2]); }});
  });
  return out;
}

var SHADES = 16, FEW = 10;

// shadesOf gives each point a shade, and the legend: a swatch each for a few values, else five along a scale, which is
// logarithmic where values span more than a factor of 20.
function shadesOf(s, points) {
  if (s.texts && (s.texts.length <= FEW || !s.numbers)) {
    var n = Math.max(1, s.texts.length - 1), step = Math.ceil(s.texts.length / FEW), key = [];
    s.texts.forEach(function (t, k) { if (k % step === 0 || k === n) key.push([Math.round(k * (SHADES - 1) / n), t || "not set"]); });
    return {of: function (i) { return Math.round(s.at(i) * (SHADES - 1) / n); }, key: key};
  }
  function number(i) { return s.texts ? s.numbers[s.at(i)] : s.at(i); }
  var low = 1 / 0, high = -1 / 0, i, v;
  for (i = 0; i < points; i++) { v = number(i); if (v !== null) { low = Math.min(low, v); high = Math.max(high, v); } }
  var log = low > 0 && high / low > 20, a = log ? Math.log(low) : low, b = log ? Math.log(high) : high;
  function shade(v) { return v === null || !(b > a) ? 0 : Math.max(0, Math.min(SHADES - 1, Math.floor(((log ? Math.log(v) : v) - a) / (b - a) * SHADES))); }
  var legend = [0, 0.25, 0.5, 0.75, 1].map(function (t) {
    var at = a + t * (b - a), v = log ? Math.exp(at) : at;
    if (s.texts) { // the value that is nearest
      var best = 0;
      s.numbers.forEach(function (x, k) { if (Math.abs(x - v) < Math.abs(s.numbers[best] - v)) best = k; });
      return [shade(s.numbers[best]), s.texts[best]];
    }
    return [shade(v), s.text(v)];
  });
  return {of: function (i) { return shade(number(i)); }, key: legend};
}

// colours fills the list of scales and paints what is chosen: one path of dots for each shade.
function colours(p) {
  var select = $("colour" + p.id), key = $("key" + p.id), all = scales(p.data), plain = p.svg.querySelector("path.dots"), painted = [];
  el(select, "option", {value: -1}, "front and other designs");
  all.forEach(function (s, k) { el(select, "option", {value: k}, s.name); });
  select.addEventListener("change", function () {
    painted.forEach(function (e) { e.remove(); });
    painted = [];
    key.textContent = "";
    var on = +select.value >= 0, s = on && shadesOf(all[+select.value], p.x.length), paths = [];
    p.svg.classList.toggle("coloured", on);
    plain.style.display = on ? "none" : "";
    p.marks.forEach(function (m) { m.circle.setAttribute("class", on ? "front f" + s.of(m.i) : "front"); });
    if (!on) return;
    p.x.forEach(function (x, i) {
      if (i in p.place || x === null || p.y[i] === null) return;
      var k = s.of(i);
      (paths[k] = paths[k] || []).push("M" + x.toFixed(1) + " " + p.y[i].toFixed(1) + "h0");
    });
    paths.forEach(function (d, k) {
      var path = el(p.svg, "path", {"class": "dots f" + k, d: d.join("")});
      p.svg.insertBefore(path, plain);
      painted.push(path);
    });
    s.key.forEach(function (t) {
      var span = el(key, "span", {});
      el(span, "i", {"class": "f" + t[0]});
      span.appendChild(document.createTextNode(t[1]));
    });
  });
}

document.querySelectorAll("a[href^='#d']").forEach(function (a) {
  a.addEventListener("click", function (e) {
    var m = /^#d(\d+)-(\d+)$/.exec(a.getAttribute("href")), p = plots[+m[1]];
    e.preventDefault();
    choose(p, p.data.idx.indexOf(+m[2]));
    setTimeout(function () { p.panel.focus(); p.panel.scrollIntoView(); }, 0);
  });
});
window.addEventListener("hashchange", follow);
follow();
document.body.dataset.ready = plots.length;
