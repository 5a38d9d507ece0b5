package timeloop

import (
	"bytes"
	"errors"
	"testing"

	"tcmdse/internal/yamlsrc"
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
