package hwmodel

import (
	"errors"
	"testing"

	"tcmdse/internal/boundtest"
	"tcmdse/internal/yamlsrc"
)

// FuzzSet: --set on any preset gives an architecture whose figures can be reckoned with and whose text reads again, or
// an error.
func FuzzSet(f *testing.F) {
	for _, s := range [][2]string{{"GLB.size", "64KiB"}, {"PE.x", "16"}, {"clock", "1e300GHz"}, {"technology", "7nm"}, {"GLB.read.energy", "1e-400pJ/bit"},
		{"DRAM.read.bandwidth", "unlimited"}, {"GLB.size", "1.2345678901234567e10B"}, {"MAC.energy", "1e308J"}} {
		for i := range PresetNames() {
			f.Add(uint8(i), s[0], s[1])
		}
	}
	f.Fuzz(func(t *testing.T, preset uint8, path, text string) {
		names := PresetNames()
		name := names[int(preset)%len(names)]
		data, err := PresetYAML(name)
		if err != nil {
			t.Fatal(err)
		}
		defer boundtest.Cost{}.Start(t)()
		s, err := ParseSpec([]byte(data), name)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Set(path, text); err != nil {
			var bad *yamlsrc.Error
			if !errors.As(err, &bad) {
				t.Errorf("error %v of type %T", err, err)
			}
			return
		}
		arch, err := s.Build() // judges sizes, and what models can price
		if err != nil {
			return
		}
		finite(t, arch)
		if again, err := ParseSpec(s.YAML(), "again.yaml"); err != nil {
			t.Errorf("%s=%q: canonical text does not read: %v\n%s", path, text, err, s.YAML())
		} else if again.Key() != s.Key() {
			t.Errorf("%s=%q: canonical text reads as another architecture\n%s", path, text, s.YAML())
		}
	})
}
