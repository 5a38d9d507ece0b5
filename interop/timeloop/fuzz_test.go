package timeloop

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"tcmdse/internal/boundtest"
	"tcmdse/internal/yamlsrc"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
)

// FuzzRead: no input makes the reader panic, fail without naming the file, or write what does not read back.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"bypass.yaml", "spatial.yaml", "eyeriss.yaml"} {
		f.Add([]byte(example(f, name)))
	}
	f.Add([]byte("{{include('x')}}"))
	f.Add([]byte("arch: {arithmetic: {instances: 8}, storage: [{name: RF, entries: 16, instances: 8}, {name: D, technology: DRAM}]}\nproblem: {shape: cnn-layer, R: 3}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer boundtest.Cost{}.Start(t)()
		im, err := Read([]File{{Name: "in.yaml", Data: data}}, Options{})
		if err != nil {
			var bad *yamlsrc.Error
			if !errors.As(err, &bad) || bad.File == "" {
				t.Fatalf("error %v of type %T", err, err)
			}
			return
		}
		if im.Network != nil {
			var b bytes.Buffer
			if err := workload.Write(&b, im.Network, workload.Doc{}); err == nil {
				if _, err := workload.Parse(b.Bytes(), "out"); err != nil {
					t.Fatalf("%v in\n%s", err, b.Bytes())
				}
			}
		}
	})
}

// FuzzMapping: whatever stands in a file as a mapping of Timeloop's becomes one of ours that can be judged, or an error
// that names the file.
func FuzzMapping(f *testing.F) {
	for _, name := range []string{"bypass.yaml", "spatial.yaml"} {
		_, section, _ := strings.Cut(example(f, name), "\nmapping:")
		f.Add([]byte("mapping:" + section))
	}
	im, err := Read([]File{{Name: "spatial.yaml", Data: []byte(example(f, "spatial.yaml"))}}, Options{})
	if err != nil {
		f.Fatal(err)
	}
	arch, err := im.Arch.Build()
	if err != nil {
		f.Fatal(err)
	}
	e := &im.Network.Layers[0].Einsum
	p, err := model.Compile(arch, e)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		defer boundtest.Cost{}.Start(t)()
		m, _, err := ReadMapping(data, "in.yaml", arch, e, Levels(im.Arch.Sources()))
		var bad *yamlsrc.Error
		var invalid *model.InvalidError
		switch {
		case err != nil && (!errors.As(err, &bad) || bad.File == ""):
			t.Errorf("error %v of type %T", err, err)
		case err == nil && len(m.Lines) != len(m.Nodes):
			t.Errorf("%d lines of %d nodes", len(m.Lines), len(m.Nodes))
		case err == nil:
			if _, err := model.Evaluate(p, m); err != nil && !errors.As(err, &invalid) {
				t.Errorf("%T: %v", err, err)
			}
		}
	})
}
