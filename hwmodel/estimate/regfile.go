package estimate

import (
	"fmt"
	"math"
)

// The register bit of Aladdin at 40 nm (mac.csv, register_bit): what a flip-flop of a register file costs.
const (
	aladdinNM        = 40
	registerAreaM2   = 5.98e-12
	registerWriteJ   = 9e-15
	registerLeakW    = 70e-9
	aladdinRegisters = "Aladdin 40 nm register bit (accelergy-aladdin-plug-in reg.csv): 5.98 um2, 9 fJ, 70 nW"
)

// Reading goes through a tree of multiplexers, one two-to-one multiplexer a bit and word less one, of which a read
// switches one a level. No source prices them: these two are this project's assumption, at 45 nm.
const (
	muxNM     = 45
	muxAreaM2 = 1.9e-12
	muxJ      = 2.5e-15
)

// maxRegFileBits bounds flip-flop arrays: beyond 1 Mib nobody builds one, and a forgotten model would price it dearly.
const maxRegFileBits = 1 << 20

// regFile prices an array of flip-flops of depth words.
func (d *data) regFile(q Query) (Cost, error) {
	if err := checkMemory(&q, minLogicNM, maxLogicNM); err != nil {
		return Cost{}, err
	}
	if q.SizeBits > maxRegFileBits {
		return Cost{}, &QueryError{Field: "size", Given: fmt.Sprintf("%db", q.SizeBits), Allowed: "at most 128KiB, or model: sram", Msg: "too much for flip-flops"}
	}
	bits, width := float64(q.SizeBits), float64(q.WidthBits)
	depth := math.Ceil(bits / width)
	regArea, regEnergy := d.scale(aladdinNM, q.TechnologyNM)
	muxArea, muxEnergy := d.scale(muxNM, q.TechnologyNM)
	levels := max(1, math.Ceil(math.Log2(depth)))
	var c Cost
	add := func(field string, value float64, note string) {
		o := origin(Formula, "mac", aladdinRegisters+"; scaled by "+stillmaker)
		o.Note = note
		c.add(field, value, o)
	}
	add(Area, bits*registerAreaM2*regArea+(depth-1)*width*muxAreaM2*muxArea,
		"bits x 5.98 um2 at 40 nm + (words - 1) x width x 1.9 um2 at 45 nm for multiplexers (an assumption of this project)")
	add(Leakage, bits*registerLeakW, "bits x 70 nW, not scaled to the node; multiplexers not counted")
	add(ReadEnergy, width*levels*muxJ*muxEnergy, "width x levels of multiplexers, at least 1, x 2.5 fJ at 45 nm (an assumption of this project)")
	add(WriteEnergy, width*registerWriteJ*regEnergy, "width x 9 fJ at 40 nm")
	if q.TechnologyNM < aladdinNM { // Stillmaker's energies below are 3 to 9 times too good, see horowitzMAC
		for _, f := range []string{ReadEnergy, WriteEnergy} {
			c.warn(f, "%s: scaled to %g nm by Stillmaker's factor, which makes 7 nm 3 to 9 times too good", f, q.TechnologyNM)
		}
	}
	if q.ClockHz > 0 {
		for _, f := range []string{ReadBandwidth, WriteBandwidth} {
			add(f, q.ClockHz*width, "one access of the width a cycle")
		}
	}
	return c, nil
}
