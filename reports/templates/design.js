// What the panel below a plot says of the chosen point. PAGE is the data that html_data.go describes.
var PAGE = JSON.parse($("data").textContent);

function $(id) { return document.getElementById(id); }

// el adds an element; those of drawings take the name space of the page's own.
function el(parent, name, attributes, text) {
  var e = parent.namespaceURI === document.documentElement.namespaceURI && name !== "svg" ? document.createElement(name) : document.createElementNS(drawings(), name);
  Object.keys(attributes).forEach(function (k) { e.setAttribute(k, attributes[k]); });
  if (text !== undefined) e.textContent = text;
  parent.appendChild(e);
  return e;
}

// drawings returns the name space of SVG, from an element that the parser made.
function drawings() {
  if (!drawings.space) {
    var t = document.createElement("div");
    t.innerHTML = "<svg></svg>";
    drawings.space = t.firstChild.namespaceURI;
  }
  return drawings.space;
}

// figure writes three significant digits.
function figure(v) {
  if (v === null) return "-";
  if (v === 0) return "0";
  var a = Math.abs(v);
  if (a >= 1e6 || a < 1e-3) return v.toExponential(2);
  return a >= 1000 ? String(Math.round(v)) : v.toPrecision(3);
}

// si writes a figure with a prefix of its unit.
function si(v, unit) {
  if (v === null) return "-";
  if (v === 0) return "0 " + unit;
  var e = Math.max(-6, Math.min(5, Math.floor(Math.log10(Math.abs(v)) / 3 + 1e-9))), m = v / Math.pow(1000, e);
  if (Math.abs(m) >= 999.5 && e < 5) { e++; m = v / Math.pow(1000, e); }
  return figure(m) + " " + ["a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P"][e + 6] + unit;
}

// bits writes an amount of data.
function bits(b) {
  if (b === null) return "-";
  if (b > 0 && b < 8) return figure(b) + " b";
  var v = b / 8, e = 0;
  while (v >= 1023.5 && e < 4) { v /= 1024; e++; }
  return (v === Math.round(v) && v < 1024 ? v : figure(v)) + " " + ["B", "KiB", "MiB", "GiB", "TiB"][e];
}

function textOf(lines) { return lines.map(function (n) { return PAGE.lines[n]; }).join("\n") + "\n"; }

// quoted makes an argument of a shell from a text.
function quoted(s) { return /^[\w.,\/:+-][\w.,\/:+=-]*$/.test(s) ? s : "'" + s.replace(/'/g, "'\\''") + "'"; }

function mapCommand(workload) {
  return "tcmdse map --arch design.yaml --workload " + quoted(workload) + (PAGE.objective === "EDP" ? "" : " --objective " + quoted(PAGE.objective)) + " -v";
}

function archCommand(index) {
  return 'tcmdse query results.db "SELECT DISTINCT arch_yaml FROM candidate WHERE sweep_id = ' + PAGE.sweep + " AND idx = " + index +
    "\" --format csv | sed -e '1d;2s/^\"//;$s/\"$//;s/\"\"/\"/g' > design.yaml";
}

function fillPanel(p, i) {
  var d = p.data, panel = p.panel, k = p.place[i], design = k === undefined ? null : d.designs[k];
  panel.textContent = "";
  el(panel, "h3", {}, d.name + ", candidate " + d.idx[i] + (k === undefined ? ", not on the front" : ", on the front" + (d.keys[k] ? ": " + d.keys[k] : "")));
  var dl = el(panel, "dl", {"class": "figures"}), figures = [["area", figure(d.area[i]) + " mm²"], ["EDP", si(d.edp[i], "J·s")], ["energy", si(d.energy[i], "J")], ["latency", si(d.latency[i], "s")]];
  if (design && design.limit >= 0) figures.push(["bound by", PAGE.names[design.limit]]);
  d.params.forEach(function (q) { if (valueOf(q, i)) figures.push([q.path, valueOf(q, i)]); });
  figures.forEach(function (f) {
    var div = el(dl, "div", {});
    el(div, "dt", {}, f[0]);
    el(div, "dd", {}, f[1]);
  });
  if (design && design.layers.length) {
    layerTable(panel, design, d.energy[i], d.latency[i]);
    componentTable(panel, design, d.energy[i], d.area[i]);
    mappings(panel, design);
  }
  commands(panel, p, i, design);
}

function table(parent, heads) {
  var t = el(el(parent, "div", {"class": "scroll"}), "table", {}), row = el(el(t, "thead", {}), "tr", {});
  heads.forEach(function (h) { el(row, "th", h[0] === "<" ? {scope: "col", "class": "t"} : {scope: "col"}, h.replace("<", "")); });
  return el(t, "tbody", {});
}

// bar draws a share of a whole, with its per cent in text.
function bar(row, part, whole) {
  var share = whole > 0 && part > 0 ? Math.min(100, 100 * part / whole) : 0, td = el(row, "td", {"class": "t"}), b = el(td, "span", {"class": "bar"});
  el(b, "i", {style: "width:" + share.toFixed(1) + "%"});
  td.appendChild(document.createTextNode(share.toFixed(1) + " %"));
}

function layerTable(panel, design, energy, latency) {
  el(panel, "h4", {}, "Layers");
  var order = el(el(panel, "label", {"class": "order"}, "Order "), "select", {});
  ["of the network", "by energy", "by latency"].forEach(function (t, k) { el(order, "option", {value: k}, t); });
  var body = table(panel, ["<layer", "runs", "energy", "<of the network", "latency", "<of the network", "<bound by", "utilization"]);
  function fill() {
    var rows = design.layers.slice(), by = [0, 2, 3][order.value];
    body.textContent = "";
    if (by) rows.sort(function (a, b) { return b[by] - a[by]; });
    rows.forEach(function (l) {
      var row = el(body, "tr", {});
      el(row, "td", {"class": "t"}, PAGE.names[l[0]]);
      el(row, "td", {}, l[1]);
      el(row, "td", {}, si(l[2], "J"));
      bar(row, l[2], energy);
      el(row, "td", {}, si(l[3], "s"));
      bar(row, l[3], latency);
      el(row, "td", {"class": "t"}, PAGE.names[l[4]]);
      el(row, "td", {}, (100 * l[5]).toFixed(0) + " %");
    });
  }
  order.addEventListener("change", fill);
  fill();
}

function componentTable(panel, design, energy, area) {
  if (!design.components.length) return;
  el(panel, "h4", {}, "Components");
  var body = table(panel, ["<component", "energy", "leakage", "<of the network's energy", "area / mm²", "<of the area"]);
  design.components.forEach(function (c) {
    var row = el(body, "tr", {});
    el(row, "td", {"class": "t"}, PAGE.names[c[0]]);
    el(row, "td", {}, si(c[1], "J"));
    el(row, "td", {}, si(c[2], "J"));
    bar(row, c[1] + c[2], energy);
    el(row, "td", {}, figure(c[3]));
    bar(row, c[3], area);
  });
}

// mappings lists the layers' mappings, each drawn when it is opened.
function mappings(panel, design) {
  var some = design.layers.filter(function (l) { return l[6] !== null; });
  if (!some.length) return;
  el(panel, "h4", {}, "Mappings");
  some.forEach(function (l) {
    var name = PAGE.names[l[0]], box = el(panel, "details", {"class": "mapping"});
    el(box, "summary", {}, "loop nest of " + name + (l[7] ? "" : " (not proved optimal)"));
    box.addEventListener("toggle", function () {
      if (!box.open || box.childNodes.length > 1) return;
      if (l[6] < 0) { el(box, "pre", {}, textOf(PAGE.texts[-1 - l[6]])); return; }
      var nest = PAGE.nests[l[6]];
      drawNest(el(box, "div", {"class": "scroll"}), nest, name);
      el(box, "pre", {}, nestText(nest));
    });
  });
}

// commands says how to map a point again.
function commands(panel, p, i, design) {
  var d = p.data, index = d.idx[i];
  el(panel, "h4", {}, "To map it again");
  if (design && design.arch >= 0) {
    var yaml = textOf(PAGE.archs[design.arch]), box = el(panel, "details", {});
    el(box, "summary", {}, "its architecture, to be saved as design.yaml");
    copyable(box, yaml);
  } else {
    el(panel, "p", {"class": "meta"}, "The first command takes its architecture from the sweep's database, here results.db.");
    copyable(panel, archCommand(index));
  }
  d.workloads.forEach(function (w) { copyable(panel, mapCommand(w)); });
  var sets = d.params.filter(function (q) { return valueOf(q, i); }).map(function (q) { return " --set " + quoted(q.path + "=" + valueOf(q, i)); });
  if (PAGE.sets && sets.length) {
    el(panel, "p", {"class": "meta"}, "Or as a sweep of this candidate alone, from the sweep's file, here sweep.yaml:");
    copyable(panel, "tcmdse sweep sweep.yaml --out one" + sets.join(""));
  }
  if (!design && i in p.place) el(panel, "p", {"class": "meta"}, "The page has no room for this design's layers and mappings; the command prints them, and tcmdse query has them in view layer_result.");
}

// copyable shows a text with a button that copies it, by whatever means the browser has. It is pasted into a terminal, so control
// characters, of which one ends a paste and starts a command, become marks.
function copyable(parent, text) {
  text = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "?");
  var div = el(parent, "div", {"class": "command"}), pre = el(div, "pre", {}, text), button = el(div, "button", {type: "button"}, "Copy");
  function select() {
    var range = document.createRange(), s = window.getSelection();
    range.selectNodeContents(pre);
    s.removeAllRanges();
    s.addRange(range);
    var done = false;
    try { done = document.execCommand("copy"); } catch (e) { done = false; }
    button.textContent = done ? "Copied" : "Selected";
  }
  button.addEventListener("click", function () {
    if (!navigator.clipboard || !navigator.clipboard.writeText) { select(); return; }
    navigator.clipboard.writeText(text).then(function () { button.textContent = "Copied"; }, select);
  });
}
