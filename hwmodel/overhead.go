package hwmodel

import (
	"fmt"
	"strings"

	"tcmdse/hwmodel/estimate"
	"tcmdse/internal/yamlsrc"
)

// overhead multiplies estimated costs by what wiring, control and clocks add to components. Explicit costs and DRAM's
// are left as they are.
type overhead struct {
	given  bool
	preset string
	text   map[string]string // as written

	area   [3]float64 // by Kind
	energy float64
}

// nvdla28 names the overhead preset of estimate.NVDLA28Memory and NVDLA28Compute.
const nvdla28 = "nvdla-synth-28"

// OverheadNote is what every report says of areas that are sums of components.
const OverheadNote = "Areas are sums of components, without wiring, control, clocks, input and output unless overhead factors are set: such sums were 0.22 to 0.64 of published die areas."

// readOverhead reads factors, or the name of a preset, which only a whole file can have.
func readOverhead(v yamlsrc.Value, whole bool) overhead {
	o := overhead{area: [3]float64{1, 1, 1}, energy: 1}
	if !v.Present() {
		return o
	}
	o.given, o.text = true, map[string]string{}
	if !v.IsMap() {
		if o.preset = v.Str(); o.preset != nvdla28 || !whole {
			v.Fail("no such overhead", "{area: 1.5, energy: 1.2}, or for the whole file "+nvdla28)
		}
		o.area[Memory], o.area[Compute] = estimate.NVDLA28Memory, estimate.NVDLA28Compute
		return o
	}
	factor := func(key string) float64 {
		f := v.Get(key)
		if !f.Present() {
			return 1
		}
		x := f.Float()
		if x < 0.01 || x > 1000 {
			f.Fail("not a factor", "numbers from 0.01 to 1000; 1 adds nothing")
		}
		o.text[key] = strings.TrimSpace(f.Str())
		return x
	}
	area := factor("area")
	o.area, o.energy = [3]float64{area, area, area}, factor("energy")
	v.Done()
	return o
}

// overheadOf returns a node's own overhead, or else that of the file.
func (s *Spec) overheadOf(sn *specNode) overhead {
	if sn.over.given {
		return sn.over
	}
	return s.overhead
}

func (o overhead) describe() string {
	if o.preset != "" {
		return fmt.Sprintf("%s: estimated areas of memories x %.4g, of computes x %.4g; fitted to NVDLA at 28 nm, missed a configuration left out by %.2g %% at most",
			o.preset, o.area[Memory], o.area[Compute], 100*estimate.NVDLA28LeaveOneOut)
	}
	return fmt.Sprintf("estimated areas x %g, estimated energies x %g", o.area[Memory], o.energy)
}

// write returns the overhead as YAML text.
func (o overhead) write() string {
	if !o.given {
		return ""
	}
	if o.preset != "" {
		return o.preset
	}
	out := ""
	for _, k := range []string{"area", "energy"} {
		if t := o.text[k]; t != "" {
			if out != "" {
				out += ", "
			}
			out += k + ": " + t
		}
	}
	return "{" + out + "}"
}

// apply multiplies an estimated figure.
func (o overhead) apply(f *Figure, k Kind, model string) {
	if !o.given || model == estimate.DRAM || f.Value == 0 {
		return
	}
	factor := 1.0
	switch f.Field {
	case "area":
		factor = o.area[k]
	case "energy", "read.energy", "write.energy":
		factor = o.energy
	}
	if factor == 1 {
		return
	}
	f.Value *= factor
	if f.Origin.Note != "" {
		f.Origin.Note += "; "
	}
	f.Origin.Note += fmt.Sprintf("x %.4g overhead", factor)
}
