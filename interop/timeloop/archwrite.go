package timeloop

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"tcmdse/hwmodel"
	"tcmdse/interop/archfile"
)

// write gives the architecture as a file of this project, and reads it back.
func (a *archFile) write(energies ert) ([]byte, *hwmodel.Spec, error) {
	head := a.head()
	var b strings.Builder
	fmt.Fprintf(&b, "# Imported from %s of Timeloop by tcmdse import timeloop; what was changed or left out it prints.\n", archfile.OneLine(a.top.File()))
	fmt.Fprintf(&b, "name: %s\n%s\nnodes:\n", a.name, strings.Join(head, "\n"))
	for i := range a.levels {
		l := &a.levels[i]
		lines := a.nodeLines(l, i == 0, head, energies)
		b.WriteString("  - " + lines[0])
		if l.kind != memory {
			fmt.Fprintf(&b, "  # %s:%d", archfile.OneLine(a.top.File()), l.at.Line())
		}
		if l.kind == compute && l.class != "" {
			b.WriteString(", class " + archfile.OneLine(l.class))
		}
		for _, x := range lines[1:] {
			b.WriteString("\n    " + x)
		}
		b.WriteString("\n")
	}
	text := []byte(b.String())
	spec, err := hwmodel.ParseSpec(text, a.name+".arch.yaml")
	if err != nil {
		return nil, nil, err
	}
	if _, err := spec.Build(); err != nil {
		return nil, nil, err
	}
	return text, spec, nil
}

// head returns the lines of technology and clock, those of the first node that says them.
func (a *archFile) head() []string {
	var head []string
	for i := range a.levels {
		if l := &a.levels[i]; l.kind != array {
			if t := a.technology(l); t != "" {
				head = append(head, "technology: "+t)
				break
			}
		}
	}
	clock, first := "", ""
	for i := range a.levels {
		l := &a.levels[i]
		v := l.scope.find(l.attrs, "global_cycle_seconds", "cycle_seconds")
		if !v.Present() || v.Short() == first {
			continue
		}
		if clock != "" {
			a.notes.Approximate(v, "another cycle than that of the first node: one clock holds here")
			continue
		}
		s := v.Number(l.scope.names)
		if !(s >= 1e-13 && s <= 1) {
			v.Fail("not the time of one cycle", "seconds such as 1e-9")
			s = 1e-9
		}
		mhz := math.Round(1/s) / 1e6 // whole hertz
		first, clock = v.Short(), "clock: "+archfile.Number(mhz)+"MHz"
	}
	if clock != "" {
		return append(head, clock)
	}
	a.notes.Approximate(a.top, "no global_cycle_seconds: one cycle is taken as 1 ns")
	return append(head, "clock: 1GHz")
}

// nodeLines returns a node's lines, the first one naming it.
func (a *archFile) nodeLines(l *level, outermost bool, head []string, energies ert) []string {
	switch l.kind {
	case array:
		return []string{"array: " + l.name, "dims: " + a.dims(l)}
	case compute:
		return a.computeLines(l, head, energies)
	}
	g := a.geometry(l, outermost)
	lines := []string{"memory: " + l.name, "source: " + strconv.Quote(strings.ToValidUTF8(a.source(l), "?"))}
	if g.size == 0 {
		lines = append(lines, "size: unlimited")
	} else {
		lines = append(lines, "size: "+archfile.Size(g.size))
	}
	if g.width > 0 {
		lines = append(lines, fmt.Sprintf("width: %db", g.width))
	}
	lines = append(lines, a.ownTechnology(l, head)...)
	keep, may := a.sets(l, outermost)
	if keep != "" {
		lines = append(lines, "keep: "+keep)
	}
	if may != "" {
		lines = append(lines, "may_keep: "+may)
	}
	if g.word > 0 {
		lines = append(lines, fmt.Sprintf("bits: {inputs: %d, weights: %[1]d, outputs: %[1]d}", g.word))
	}
	a.neutral(l)
	read, write, ports := a.bandwidths(l, g)
	if e, ok := energies.of(l.name); ok {
		if g.width == 0 {
			e.at.Fail("energies of an access of a memory whose width is not known", "a width in the architecture")
		}
		sharers := float64(max(g.cluster, 1))
		if sharers > 1 {
			a.notes.Approximate(e.at, "energies of an access of a whole cluster of %d: divided by that, as with all its instances in use", g.cluster)
		}
		lines = append(lines, fmt.Sprintf("read: {energy: %spJ, bandwidth: %s}", archfile.Number(e.read/sharers), read),
			fmt.Sprintf("write: {energy: %spJ, bandwidth: %s}", archfile.Number(e.write/sharers), write))
		if e.leak > 0 {
			lines = append(lines, "leakage: "+archfile.Number(e.leak*1e-12*clockHz(head))+"W")
		}
		a.notes.Approximate(l.at, "energies of %s; its updates are writes here, and its area is 0", archfile.OneLine(e.at.File()))
		return append(lines, ports...)
	}
	model, what := l.model(g)
	lines = a.priced(l, head, lines, model, what)
	return append(append(lines, "read: {bandwidth: "+read+"}", "write: {bandwidth: "+write+"}"), ports...)
}

// source says where a memory is from, its level first (Levels reads it).
func (a *archFile) source(l *level) string {
	text := fmt.Sprintf(levelOf+", %s:%d", l.number, archfile.OneLine(a.top.File()), l.at.Line())
	if l.class != "" {
		text += ", class " + archfile.OneLine(l.class)
	}
	return text
}

func (a *archFile) ownTechnology(l *level, head []string) []string {
	t := a.technology(l)
	if t == "" || len(head) > 0 && head[0] == "technology: "+t {
		return nil
	}
	return []string{"technology: " + t}
}

// bandwidths returns rates as Timeloop's engine reads them: words per cycle, unlimited where none is given.
func (a *archFile) bandwidths(l *level, g geometry) (read, write string, ports []string) {
	share := 1.0
	rate := func(keys ...string) string {
		v := l.attrs.First(keys...)
		if !v.Present() {
			return ""
		}
		f := v.Number(l.scope.names)
		if math.IsInf(f, 1) {
			return ""
		}
		if !(f > 0 && f < 1e15) {
			v.Fail("not a bandwidth in words per cycle", "numbers above 0, to 1e15; inf")
			return ""
		}
		return archfile.Number(f*share*float64(g.word)) + "b/cycle"
	}
	read, write = rate("read_bandwidth"), rate("write_bandwidth")
	if read == "" && write == "" {
		share = 0.5 // bandwidth stands for half of it each way (NVlabs/timeloop, src/model/buffer.cpp, ParseSpecs)
		if both := rate("bandwidth"); both != "" {
			return both, both, []string{"ports: separate"}
		}
		share = 1
	}
	shared := rate("shared_bandwidth", "rw_bandwidth")
	if shared != "" && read == "" && write == "" {
		return shared, shared, nil
	}
	if shared != "" {
		a.notes.Leave(l.attrs.First("shared_bandwidth", "rw_bandwidth"), "a shared bandwidth beside one of reads or writes")
	}
	if read != "" || write != "" {
		ports = []string{"ports: separate"}
	}
	if read == "" {
		read = "unlimited"
	}
	if write == "" {
		write = "unlimited"
	}
	return read, write, ports
}

// neutral counts attributes as read that say what holds here anyway.
func (a *archFile) neutral(l *level) {
	for key, value := range map[string]string{"has_power_gating": "false", "reduction_supported": "true", "min_utilization": "0",
		"allow_overbooking": "false", "multiple_buffering": "1"} {
		if v := l.attrs.Peek(key); v.IsScalar() && strings.EqualFold(v.Str(), value) {
			v.MarkRead()
		}
	}
	for _, k := range []string{"has_power_gating", "version"} {
		if v, ok := l.scope.outside(k); ok && (k == "version" || strings.EqualFold(v.Str(), "false")) {
			v.MarkRead()
		}
	}
	l.attrs.Peek("meshX").MarkRead()
	l.attrs.Peek("meshY").MarkRead()
	l.attrs.Peek("power_gated_at").MarkRead()
	l.at.Peek("required_actions").Take()
	l.at.Peek("enabled").MarkRead()
}

func (a *archFile) computeLines(l *level, head []string, energies ert) []string {
	lines := append([]string{"compute: " + l.name}, a.ownTechnology(l, head)...)
	a.neutral(l)
	l.attrs.Peek("cluster-size").MarkRead()
	format := l.formats()
	if e, ok := energies.of(l.name); ok {
		lines = append(lines, "energy: "+archfile.Number(e.compute)+"pJ", "throughput: 1/cycle")
		if e.leak > 0 {
			lines = append(lines, "leakage: "+archfile.Number(e.leak*1e-12*clockHz(head))+"W")
		}
		a.notes.Approximate(l.at, "energy of %s; its area is 0", archfile.OneLine(e.at.File()))
		return lines
	}
	lines = a.priced(l, head, lines, format, "model mac, "+format[1])
	return append(lines, "throughput: 1/cycle")
}

func clockHz(head []string) float64 {
	for _, h := range head {
		var f float64
		var unit string
		if n, _ := fmt.Sscanf(h, "clock: %f%s", &f, &unit); n == 2 {
			if unit == "GHz" {
				return f * 1e9
			}
			return f * 1e6
		}
	}
	return 1e9
}
