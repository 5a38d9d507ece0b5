// A mapping (html_design.go, nest): its loop nest as text, and drawn as boxes inside each other from the outermost memory to
// the compute unit.

function levelOf(nest, name) { return nest[1].filter(function (v) { return v[0] === name; })[0]; }

function trafficOf(level, tensor) { return level && level[4].filter(function (t) { return t[0] === tensor; })[0]; }

function percentText(share) { return (100 * share).toFixed(share < 0.0995 ? 1 : 0) + " %"; }

function fill(level) { return level && level[3] > 0 ? level[2] / level[3] : -1; }

// keptText says what a memory keeps of a tensor, with its share of the memory.
function keptText(level, tensor) {
  var t = trafficOf(level, tensor);
  if (!t || !(t[3] > 0)) return PAGE.names[tensor];
  return PAGE.names[tensor] + " " + bits(t[3]) + (level[3] > 0 ? " (" + percentText(t[3] / level[3]) + ")" : "");
}

// nestText is the loop nest, loops with the tile that they leave inside.
function nestText(nest) {
  var indent = "", rows = [], most = nest[2] ? "at most " : "";
  nest[0].forEach(function (l) {
    if (Array.isArray(l[1])) {
      var level = levelOf(nest, l[0]), f = fill(level);
      rows.push([indent + PAGE.names[l[0]] + " keeps " + l[1].map(function (t) { return keptText(level, t); }).join(", "), f < 0 ? "" : percentText(f) + " full"]);
      return;
    }
    rows.push([indent + (l.length > 3 ? "par " + PAGE.names[l[3]] + ": " : "for ") + PAGE.names[l[0]] + " in " + l[1], "tile " + most + l[2]]);
    indent += "  ";
  });
  var last = nest[1][nest[1].length - 1];
  if (last) rows.push([indent + PAGE.names[last[0]], ""]);
  var wide = Math.max.apply(null, rows.map(function (r) { return r[0].length; }));
  return rows.map(function (r) { return r[1] ? r[0].padEnd(wide + 2) + r[1] : r[0]; }).join("\n") + "\n";
}

var hatches = 0;

// drawNest draws it. Every line opens a box around all that follow; a memory's has a row for each tensor that it keeps.
function drawNest(parent, nest, layer) {
  var W = 900, X = {tensor: 350, bar: 480, share: 570, read: 630, written: 735}, TOP = 26, lines = nest[0], last = nest[1][nest[1].length - 1];
  var loops = lines.filter(function (l) { return !Array.isArray(l[1]); }).length, tensors = tensorsOf(nest);
  var step = Math.min(12, 150 / Math.max(1, lines.length)), y = TOP, boxes = lines.map(function (l, k) {
    var keeps = Array.isArray(l[1]), b = {line: l, keeps: keeps, x: 4 + k * step, y: y, inset: 4 + k * 3, high: keeps ? Math.max(42, 14 + 19 * l[1].length) : 24};
    y += b.high + 4;
    return b;
  });
  var bottom = y + (last ? 28 : 0), H = bottom + 4 * lines.length + 8;
  var svg = el(parent, "svg", {"class": "nest", viewBox: "0 0 " + W + " " + H, role: "img", "aria-label": "Mapping of layer " + layer + ": " + loops + " loops; the loop nest below says the same"});
  svg.dataset.loops = loops;
  var id = "hatch" + hatches++, pattern = el(el(svg, "defs", {}), "pattern", {id: id, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)"});
  el(pattern, "line", {"class": "hatch", x1: 0, x2: 0, y1: 0, y2: 7});
  [["tensor", "kept in each"], ["bar", "share of its room"], ["read", "read in all"], ["written", "written in all"]].forEach(function (h) { el(svg, "text", {x: X[h[0]], y: 16, "class": "soft"}, h[1]); });
  boxes.forEach(function (b, k) {
    var high = bottom + 4 * (lines.length - k) - b.y, wide = W - b.x - b.inset, par = !b.keeps && b.line.length > 3;
    if (par) [5, 2.5].forEach(function (o) { el(svg, "rect", {"class": "copy", x: b.x + o, y: b.y + o, width: wide, height: high - 2, rx: 3}); });
    el(svg, "rect", {"class": b.keeps ? "box keep" : par ? "box par" : "box", x: b.x, y: b.y, width: wide, height: high, rx: 3});
    if (b.keeps) memory(svg, nest, b, X, tensors); else loop(svg, nest, b, par && id, wide);
  });
  if (last) {
    var x = 4 + lines.length * step;
    el(svg, "rect", {"class": "compute", x: x, y: y, width: W - x - 4 - lines.length * 3, height: 24, rx: 3});
    el(svg, "text", {"class": "inverse", x: x + 8, y: y + 17}, PAGE.names[last[0]] + (last[1] > 1 ? " × " + last[1] : ""));
  }
}

// tensorsOf lists all tensors in the order in which they are first kept: their places are their colours.
function tensorsOf(nest) {
  var out = [];
  nest[0].forEach(function (l) { if (Array.isArray(l[1])) l[1].forEach(function (t) { if (out.indexOf(t) < 0) out.push(t); }); });
  return out.sort(function (a, b) { return a - b; });
}

// loop writes a loop into its box; one that an array runs at once is hatched and names the array.
function loop(svg, nest, b, hatch, wide) {
  var l = b.line, text = PAGE.names[l[0]] + " in " + l[1] + " · tile " + (nest[2] ? "at most " : "") + l[2];
  if (hatch) {
    el(svg, "rect", {fill: "url(#" + hatch + ")", x: b.x, y: b.y, width: wide, height: b.high});
    text = "at once on " + PAGE.names[l[3]] + ": " + text;
  } else text = "for " + text;
  var t = el(svg, "text", {"class": "line" + (hatch ? " strong" : ""), x: b.x + 8, y: b.y + 17}, text);
  t.dataset.loop = l[0];
}

// memory writes what a memory keeps: for each tensor the amount, its share of the room, and what is read and written.
function memory(svg, nest, b, X, tensors) {
  var level = levelOf(nest, b.line[0]), f = fill(level);
  el(svg, "text", {"class": "strong", x: b.x + 8, y: b.y + 17}, PAGE.names[b.line[0]]);
  if (level) el(svg, "text", {"class": "soft", x: b.x + 8, y: b.y + 34}, (level[1] > 1 ? level[1] + " × " : "") + (level[3] > 0 ? bits(level[3]) + ", " + percentText(f) + " full" : "unlimited"));
  b.line[1].forEach(function (tensor, k) {
    var y = b.y + 19 + 19 * k, t = trafficOf(level, tensor), colour = "t" + Math.min(5, tensors.indexOf(tensor));
    el(svg, "rect", {"class": colour, x: X.tensor, y: y - 10, width: 11, height: 11});
    el(svg, "text", {x: X.tensor + 17, y: y}, PAGE.names[tensor] + (t && t[3] > 0 ? " " + bits(t[3]) : ""));
    if (!t) return;
    if (level[3] > 0) {
      el(svg, "rect", {"class": colour, x: X.bar, y: y - 10, width: 80 * Math.min(1, t[3] / level[3]), height: 11});
      el(svg, "rect", {"class": "room", x: X.bar, y: y - 10, width: 80, height: 11});
      el(svg, "text", {x: X.share - 2, y: y}, percentText(t[3] / level[3]));
    }
    el(svg, "text", {x: X.read, y: y}, "↓ " + bits(t[1]));
    el(svg, "text", {x: X.written, y: y}, "↑ " + bits(t[2]));
  });
}
