package accelforge

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"tcmdse/hwmodel/estimate"
	"tcmdse/interop/archfile"
	"tcmdse/interop/expr"
	"tcmdse/interop/foreign"
)

// action is what one kind of access costs.
type action struct {
	energy float64 // J per action, -1: not given
	rate   float64 // actions per second, 0: not given, +Inf: unlimited
	bits   float64 // per action
	given  bool    // bits were given
}

// scale is what multiplies counts, energies and rates of a component.
type scales struct{ energy, rate, actions, leak, area, parallel float64 }

// positive reads a scale, 1 when absent.
func (a *archFile) positive(v foreign.Value) float64 {
	if !v.Present() {
		return 1
	}
	f := v.Number(a.r.names)
	if !(f >= 0 && f < 1e30) {
		v.Fail("not a scale", "numbers from 0 to 1e30")
		return 1
	}
	return f
}

func (a *archFile) scales(n foreign.Value) scales {
	s := scales{energy: a.positive(n.Get("energy_scale")), actions: a.positive(n.Get("actions_scale")), leak: a.positive(n.Get("leak_power_scale")),
		area: a.positive(n.Get("area_scale")), parallel: a.positive(n.Get("n_parallel_instances"))}
	s.rate = a.positive(n.Get("throughput_scale"))
	if l := a.positive(n.Get("latency_scale")); l > 0 {
		s.rate /= l
	}
	return s
}

// actions reads the list of actions by name.
func (a *archFile) actions(n foreign.Value, names ...string) map[string]action {
	out := map[string]action{}
	own := n.Get("bits_per_action")
	for _, x := range names {
		out[x] = action{energy: -1, bits: 1}
		if own.Present() {
			out[x] = action{energy: -1, bits: own.Number(a.r.names), given: true}
		}
	}
	for _, v := range n.Get("actions").List() {
		name := v.Need("name").Str()
		act, known := out[name]
		if !known {
			a.r.im.Notes.Leave(v, "action %s", name)
			continue
		}
		if e := v.Get("energy"); e.Present() {
			act.energy = e.Number(a.r.names) * a.positive(v.Get("energy_scale"))
			if !(act.energy >= 0 && act.energy < 1e12) {
				e.Fail("not an energy in joules", "numbers from 0 to 1e12")
			}
		}
		if t := v.Get("throughput"); t.Present() {
			act.rate = t.Number(a.r.names)
			if !(act.rate > 0) {
				t.Fail("not a rate in actions per second", "numbers above 0, inf")
			}
		} else if l := v.Get("latency"); l.Present() {
			f := l.Number(a.r.names)
			if act.rate = 1 / f; !(f >= 0) {
				l.Fail("not a time in seconds", "numbers from 0")
			}
		}
		act.rate *= a.positive(v.Get("throughput_scale"))
		if l := v.Get("latency_scale"); !v.Has("throughput_scale") && a.positive(l) > 0 {
			act.rate /= a.positive(l)
		}
		if b := v.Get("bits_per_action"); b.Present() {
			act.bits, act.given = b.Number(a.r.names), true
		}
		if !(act.bits > 0 && act.bits < 1e12) {
			v.Fail("bits per action that are not above 0", "numbers above 0")
			act.bits = 1
		}
		if x := v.Get("values_per_action"); x.Present() {
			a.r.im.Notes.Leave(x, "values per action")
		}
		out[name] = act
	}
	return out
}

var sumOverRate = regexp.MustCompile(`^\s*(sum|max)\(\s*a\.n_calls\s*/\s*a\.throughput\s+for\s+a\s+in\s+actions\s*\)\s*$`)
var sumOverAll = regexp.MustCompile(`^\s*sum\(\s*a\.n_calls\s+for\s+a\s+in\s+actions\s*\)\s*/\s*(.*)$`)

// latency reads the formula of a component's time: separate ports where the largest action counts, and a rate over all
// actions where one is in the formula, 0 without.
func (a *archFile) latency(n foreign.Value) (separate bool, rate float64) {
	v := n.Get("total_latency")
	if !v.Present() {
		return false, 0
	}
	if m := sumOverRate.FindStringSubmatch(v.Str()); m != nil {
		return m[1] == "max", 0
	}
	if m := sumOverAll.FindStringSubmatch(v.Str()); m != nil {
		if f, err := expr.Number("1/("+strings.ReplaceAll(m[1], "/", "*")+")", a.r.names); err == nil && f > 0 {
			return false, 1 / f
		}
	}
	if f, err := expr.Number(v.Str(), a.r.names); err == nil && f == 0 {
		return false, math.Inf(1)
	}
	a.r.im.Notes.Leave(v, "a formula of time that is not one of sum or max over actions: the rates of actions hold")
	return false, 0
}

// bandwidth writes a rate of bits, "" where none is known.
func bandwidth(rate, bits float64) string {
	switch f := rate * bits; {
	case rate == 0:
		return ""
	case math.IsInf(f, 1) || f > 1e30:
		return "unlimited"
	default:
		return archfile.Number(f) + "b/s"
	}
}

// joules writes an energy with a unit that keeps it short.
func joules(f float64) string { return archfile.Number(f*1e12) + "pJ" }

// enabled reports whether a node is there for an Einsum of two operands and a result.
func (a *archFile) enabled(n foreign.Value) bool {
	e := n.Get("enabled")
	if !e.Present() || e.Truth(a.r.names) || e.Failed() {
		return true
	}
	a.r.im.Notes.Leave(n, "%s %s is not enabled for an Einsum of three tensors", n.Tag(), n.Peek("name").Str())
	return false
}

func (a *archFile) addMemory(n foreign.Value) {
	name := a.own(n, "")
	lines := []string{"memory: " + name}
	size, unlimited := a.size(n)
	if unlimited {
		lines = append(lines, "size: unlimited")
	} else {
		lines = append(lines, "size: "+archfile.Size(size))
	}
	s := a.scales(n)
	acts := a.actions(n, "read", "write")
	read, write := acts["read"], acts["write"]
	separate, over := a.latency(n)
	if over > 0 {
		read.rate, write.rate = over, over
	}
	priced := read.energy >= 0 && write.energy >= 0
	fit := []string(nil)
	if !priced {
		lines, fit = a.estimated(n, lines, read, unlimited)
	}
	lines = append(lines, a.held(n, name)...)
	lines = append(lines, a.widths(n)...)
	for _, d := range []struct {
		name string
		act  action
	}{{"read", read}, {"write", write}} {
		var parts []string
		if d.act.energy >= 0 {
			parts = append(parts, "energy: "+archfile.Number(d.act.energy*s.energy*s.actions/d.act.bits*1e12)+"pJ/bit")
		}
		b := bandwidth(d.act.rate*s.rate*s.parallel/max(s.actions, 1e-30), d.act.bits)
		if b == "" && len(fit) == 0 {
			b = "unlimited"
		}
		if b != "" {
			parts = append(parts, "bandwidth: "+b)
		}
		if len(parts) > 0 {
			lines = append(lines, d.name+": {"+strings.Join(parts, ", ")+"}")
		}
	}
	if separate {
		lines = append(lines, "ports: separate")
	}
	n.Get("skip_initial_output_write").Bool(true)
	a.memory = true
	a.add(n, append(lines, a.passive(n, s)...))
}

// size returns a memory's bits.
func (a *archFile) size(n foreign.Value) (bits int64, unlimited bool) {
	v := n.Need("size")
	f := v.Number(a.r.names)
	switch {
	case math.IsInf(f, 1) || v.Failed():
		return 0, true
	case !(f >= 0) || f >= 1<<59:
		v.Fail("not a size in bits", "numbers from 0 to 2^59, inf")
		return 0, true
	}
	if strings.Contains(v.Str(), "bits_per_value") {
		a.r.im.Notes.Approximate(v, "values of 8 bits are taken")
	}
	if f < 1 {
		f = 1
		a.r.im.Notes.Approximate(v, "a memory of no bits: of one here")
	}
	return int64(f), false
}

// passive writes leakage and area.
func (a *archFile) passive(n foreign.Value, s scales) []string {
	var out []string
	for _, x := range []struct {
		key, line, unit string
		scale           float64
	}{{"leak_power", "leakage", "W", s.leak}, {"area", "area", "m2", s.area}} {
		if v := n.Get(x.key); v.Present() {
			f := v.Number(a.r.names) * x.scale * s.parallel
			if !(f >= 0 && f < 1e12) {
				v.Fail("not a number from 0", "0 and above")
				continue
			}
			if x.unit == "m2" {
				f, x.unit = f*1e6, "mm2"
			}
			out = append(out, x.line+": "+archfile.Number(f)+x.unit)
		}
	}
	return out
}

// held writes which tensors a memory keeps.
func (a *archFile) held(n foreign.Value, name string) []string {
	t := n.Get("tensors")
	keep, may := t.Get("keep"), t.Get("may_keep")
	var k, m []string
	if keep.Present() {
		k, _ = a.set(keep)
	}
	if b := t.Get("back"); b.Present() {
		back, _ := a.set(b)
		k = slices.Compact(slices.Sorted(slices.Values(append(k, back...))))
	}
	if may.Present() {
		m, _ = a.set(may)
	} else if !keep.Present() {
		m = roles()
	}
	a.keep[n.Peek("name").Str()] = k
	if !a.memory {
		if len(k) < len(roles()) {
			a.r.im.Notes.Approximate(n, "the outermost memory holds everything here")
		}
		a.keep[n.Peek("name").Str()] = roles()
		return []string{"keep: all"}
	}
	m = slices.DeleteFunc(slices.Clone(m), func(r string) bool { return slices.Contains(k, r) })
	if len(m) == 0 {
		return []string{"keep: " + text(k)}
	}
	if len(m)+len(k) == len(roles()) {
		m = roles()
	}
	return []string{"keep: " + text(k), "may_keep: " + text(m)}
}

// widths writes bits per value that a memory has of its own.
func (a *archFile) widths(n foreign.Value) []string {
	v := n.Get("bits_per_value")
	var parts []string
	for _, k := range v.Keys() {
		set, err := evalSet(k, roles(), roleSet)
		w := v.Get(k)
		f := w.Number(a.r.names)
		if err != nil || f != math.Trunc(f) || !(f >= 1 && f <= 1<<20) {
			w.Fail("not a width of a value", "whole numbers of bits, for sets of tensors")
			return nil
		}
		for _, r := range set {
			parts = append(parts, fmt.Sprintf("%s: %d", r, int64(f)))
		}
		if strings.Contains(w.Str(), "bits_per_value") {
			a.r.im.Notes.Approximate(w, "values of 8 bits are taken")
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{"bits: {" + strings.Join(parts, ", ") + "}"}
}

// estimated adds a model for a memory whose energies its file leaves to component models; fit is empty where none fits.
func (a *archFile) estimated(n foreign.Value, lines []string, read action, unlimited bool) (out, fit []string) {
	class := n.Get("component_class").Str()
	low, what := strings.ToLower(class), ""
	var model []string
	switch {
	case low == "" || low == "dummy":
		if low == "" {
			a.r.im.Notes.Approximate(n, "energies are neither given nor left to a component class: they are 0")
		}
		return lines, nil
	case strings.Contains(low, "ddr") || strings.Contains(low, "dram") || strings.Contains(low, "hbm"):
		kind := "LPDDR4"
		for _, t := range estimate.DRAMTypes() {
			if strings.EqualFold(t, class) {
				kind = t
			}
		}
		model, what = []string{"model: dram", "type: " + kind}, "model dram, type "+kind
	case unlimited:
		a.r.im.Notes.Approximate(n, "no model for class %q of unlimited size: its energies are 0", class)
		return lines, nil
	default:
		model, what = []string{"model: sram"}, "model sram"
		if strings.Contains(low, "reg") {
			model, what = []string{"model: regfile"}, "model regfile"
		}
		width := int64(16)
		if read.given && read.bits >= 1 {
			width = int64(read.bits)
		} else {
			what += ", 16 bits wide"
		}
		model = append(model, fmt.Sprintf("width: %db", width))
		if b := n.Get("extra_attributes_for_component_model").Get("n_banks"); b.Present() {
			model = append(model, fmt.Sprintf("banks: %d", b.Count(1, a.r.names)))
		}
	}
	return a.covered(n, lines, model, what, class)
}

// covered adds a model where this project's estimators cover the node, with rates that are not known unlimited where they
// have none either.
func (a *archFile) covered(n foreign.Value, lines, model []string, what, class string) (out, fit []string) {
	with := append(slices.Clone(lines), model...)
	if archfile.Covered(a.head, with, false) == nil {
		a.r.im.Notes.Approximate(n, "what is not given of energies, rates, leakage and area is by %s, not by AccelForge's %s", what, class)
		return with, model
	}
	err := archfile.Covered(a.head, append(slices.Clone(with), "read: {bandwidth: unlimited}", "write: {bandwidth: unlimited}"), false)
	if err != nil {
		a.r.im.Notes.Approximate(n, "energies, leakage and area that are not given are 0: %s does not cover it (%s)", what, archfile.Reason(err))
		return lines, nil
	}
	a.r.im.Notes.Approximate(n, "what is not given of energies, leakage and area is by %s, not by AccelForge's %s; rates that are not given are unlimited", what, class)
	return with, nil
}

func (a *archFile) addCompute(n foreign.Value) {
	lines := []string{"compute: " + a.own(n, "")}
	s := a.scales(n)
	act := a.actions(n, "compute")["compute"]
	_, over := a.latency(n)
	if over > 0 {
		act.rate = over
	}
	class := n.Get("component_class").Str()
	if r := act.rate * s.rate * s.parallel / max(s.actions, 1e-30); r > 0 && !math.IsInf(r, 1) && r < 1e30 {
		lines = append(lines, "throughput: "+archfile.Number(r)+"/s")
	} else {
		lines = append(lines, "throughput: unlimited")
		if act.rate == 0 {
			a.r.im.Notes.Approximate(n, "no throughput is given: unlimited")
		}
	}
	low := strings.ToLower(class)
	switch {
	case act.energy >= 0:
		lines = append(lines, "energy: "+joules(act.energy*s.energy*s.actions))
	case strings.Contains(low, "mac"):
		width := n.Get("extra_attributes_for_component_model").Get("multiplier_width").Count(8, a.r.names)
		model := []string{"model: mac", fmt.Sprintf("format: int%d", width)}
		if err := archfile.Covered(a.head, append(slices.Clone(lines), model...), true); err != nil {
			a.r.im.Notes.Approximate(n, "its energy, and leakage and area that are not given, are 0: model mac does not cover it (%s)", archfile.Reason(err))
			break
		}
		lines = append(lines, model...)
		a.r.im.Notes.Approximate(n, "what is not given of energy, leakage and area is by model mac, %s, not by AccelForge's %s", model[1], class)
	case low != "dummy":
		a.r.im.Notes.Approximate(n, "its energy is 0: no model for class %q", class)
	}
	n.Get("skip_initial_output_write").Bool(true)
	a.done = true
	a.add(n, append(lines, a.passive(n, s)...))
}
