package hwmodel

import (
	"slices"
	"strings"
	"sync"

	"tcmdse/hwmodel/estimate"
	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
)

// fieldRule is one field of a kind of node: its dimensions, or that it is a word.
type fieldRule struct {
	name  string
	kind  Kind
	dims  []unit.Dimension
	word  bool
	words []string // allowed words; nil: any name, for the model to judge
	param bool     // a parameter of models, without meaning where costs are explicit
}

// fieldRules lists all fields in canonical order. The list never changes, so it is made once: every candidate of a sweep
// asks for it a dozen times.
var fieldRules = sync.OnceValue(allFields)

func allFields() []fieldRule {
	rate := []unit.Dimension{unit.BitPerS, unit.BitPerCycle, unit.PerS, unit.PerCycle}
	energy := []unit.Dimension{unit.JoulePerBit, unit.Joule}
	memories, computes, arrays := estimate.Models()
	quantity := func(kind Kind, name string, dims ...unit.Dimension) fieldRule {
		return fieldRule{name: name, kind: kind, dims: dims}
	}
	param := func(kind Kind, name string, dim unit.Dimension) fieldRule {
		return fieldRule{name: name, kind: kind, dims: []unit.Dimension{dim}, param: true}
	}
	word := func(kind Kind, name string, words ...string) fieldRule {
		return fieldRule{name: name, kind: kind, dims: []unit.Dimension{unit.None}, word: true, words: words, param: name != "model"}
	}
	return []fieldRule{
		quantity(Memory, "size", unit.Bits),
		quantity(Memory, "width", unit.Bits),
		word(Memory, "model", memories...),
		param(Memory, "technology", unit.Metre),
		param(Memory, "banks", unit.None),
		word(Memory, "cell", "lstp", "lop", "hp"),
		param(Memory, "temperature", unit.Kelvin),
		word(Memory, "force", "true", "false"),
		word(Memory, "type", estimate.DRAMTypes()...),
		param(Memory, "channels", unit.None),
		quantity(Memory, "read.energy", energy...),
		quantity(Memory, "read.bandwidth", rate...),
		quantity(Memory, "write.energy", energy...),
		quantity(Memory, "write.bandwidth", rate...),
		quantity(Memory, "leakage", unit.Watt),
		quantity(Memory, "area", unit.SquareMetre),

		word(Array, "model", arrays...),
		param(Array, "technology", unit.Metre),
		param(Array, "pitch", unit.Metre),
		param(Array, "width", unit.Bits),
		word(Array, "wire", "delay", "low-energy"),
		param(Array, "activity", unit.None),
		quantity(Array, "energy", unit.JoulePerBit),
		quantity(Array, "leakage", unit.Watt),
		quantity(Array, "area", unit.SquareMetre),

		word(Compute, "model", computes...),
		param(Compute, "technology", unit.Metre),
		word(Compute, "format"),
		word(Compute, "accumulate"),
		word(Compute, "library", "horowitz", "aladdin"),
		quantity(Compute, "energy", unit.Joule),
		quantity(Compute, "throughput", unit.PerS, unit.PerCycle),
		quantity(Compute, "leakage", unit.Watt),
		quantity(Compute, "area", unit.SquareMetre),
	}
}

func ruleOf(kind Kind, name string) (fieldRule, bool) {
	for _, r := range fieldRules() {
		if r.kind == kind && r.name == name {
			return r, true
		}
	}
	return fieldRule{}, false
}

// readWord reads a field whose value is a word.
func (r fieldRule) readWord(v yamlsrc.Value) field {
	text := strings.TrimSpace(v.Str())
	if !r.allows(text) {
		v.Fail("no such "+r.name, r.allowed())
	}
	return newField(text, v.Line())
}

func (r fieldRule) allows(word string) bool {
	if len(r.words) == 0 {
		return yamlsrc.IsName(word)
	}
	return slices.Contains(r.words, word)
}

func (r fieldRule) allowed() string {
	if len(r.words) == 0 {
		return "a word such as int8"
	}
	return strings.Join(r.words, ", ")
}
