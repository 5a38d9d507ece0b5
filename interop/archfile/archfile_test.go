package archfile

import (
	"testing"

	"tcmdse/internal/yamlsrc"
)

func TestNames(t *testing.T) {
	for text, want := range map[string]string{"GLB": "GLB", "2level": "x_2level", "a.b c": "a_b_c", "": "x", "[0..3]": "x_0_3", "été": "t", "_": "x",
		"null": "x_null", "Null": "x_Null"} {
		got := Name(text, "x")
		if got != want || !yamlsrc.IsName(got) {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	for path, want := range map[string]string{"/a/gpt3_6.7B.yaml": "gpt3_6.7B", "x.arch.yaml": "x", "conv1d+oc.prob.yml": "conv1d+oc", "m.map.yaml": "m",
		"designs/eyeriss_like/arch.yaml": "eyeriss_like", "arch.yaml": "arch", "/arch.yaml": "arch", "../prob.yaml": "prob"} {
		if got := Base(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

// TestOneLine: what a file or class is called can stand in a comment of a file that reads.
func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{" a\r\n b\u2028c\u0085 ": "a b c", "a\xffb": "a?b", "a\x01\x7fb": "a??b", "\ufeffa\u202e": "?a?", "été #": "été #"} {
		got := OneLine(text)
		if _, err := yamlsrc.Parse([]byte("# "+got+"\na: 1\n"), "a.yaml"); got != want || err != nil {
			t.Errorf("%q is %q, want %q; %v", text, got, want, err)
		}
	}
}

func TestQuantities(t *testing.T) {
	for n, want := range map[int64]string{8 << 20: "1MiB", 3 * 8 << 10: "3KiB", 24: "3B", 12: "12b", 0: "0b"} {
		if got := Size(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
	for f, want := range map[float64]string{1e-7: "0.0000001", 0.1 + 0.2: "0.3", 307.2e9: "307200000000", 5.652e-6: "0.000005652"} {
		if got := Number(f); got != want {
			t.Errorf("%g is %s, want %s", f, got, want)
		}
	}
}

// TestCovered: a memory and a compute that the tables know, and one that has no technology.
func TestCovered(t *testing.T) {
	head := []string{"technology: 45nm", "clock: 1GHz"}
	if err := Covered(head, []string{"memory: outer", "size: 8KiB", "width: 64b", "model: sram"}, false); err != nil {
		t.Error(err)
	}
	if err := Covered(head, []string{"compute: MAC", "model: mac", "format: int8"}, true); err != nil {
		t.Error(err)
	}
	if err := Covered(nil, []string{"memory: x", "size: 8KiB", "width: 64b", "model: sram"}, false); err == nil || Reason(err) == err.Error() {
		t.Errorf("no technology: %v", err)
	}
}
