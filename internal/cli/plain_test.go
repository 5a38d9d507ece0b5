package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcmdse/internal/hostile"
)

// TestPlainWriter: what a terminal would obey is written as an escape, whole runes pass however they are cut.
func TestPlainWriter(t *testing.T) {
	for in, want := range map[string]string{
		"a\tb\n": "a\tb\n", "µ·€😀": "µ·€😀", "\x1b[2J": `\u001b[2J`, "\u009b31m\x7f": `\u009b31m\u007f`, "a\rb": `a\u000db`,
		"\u202etxt": `\u202etxt`, "\xff\xc2": `\ufffd\ufffd`, "\u2028": "\u2028", "\x00": `\u0000`,
	} {
		for step := 1; step <= len(in); step++ {
			var b bytes.Buffer
			p := &plainWriter{w: &b}
			for at := 0; at < len(in); at += step {
				p.Write([]byte(in[at:min(len(in), at+step)]))
			}
			p.flush()
			if b.String() != want {
				t.Errorf("%q by %d: %q, want %q", in, step, b.String(), want)
			}
		}
	}
}

// TestHostileArguments: names and paths on the command line come back as text, and lead nowhere but where they say.
func TestHostileArguments(t *testing.T) {
	files(t, map[string]string{"s.yaml": smallSweep, "net.yaml": smallNet})
	for _, n := range hostile.Names() {
		if strings.Contains(n.Text, "\x00") || len(n.Text) > 1000 {
			continue
		}
		for _, args := range [][]string{
			{"sweep", "s.yaml", "--set", n.Text + "=1"}, {"query", n.Text, "SELECT 1"}, {"report", n.Text}, {"check", n.Text}, {"show", n.Text}, {"map", "--arch", n.Text, "--workload", "net.yaml"},
			{"import", "timeloop", "s.yaml", "--name", n.Text}, {"import", "onnx", n.Text}, {n.Text}, {"list", n.Text}, {"query", "s.yaml", n.Text, "--format", n.Text},
		} {
			status, out, errs := call(t, args...)
			if status != 2 && status != 0 && status != 1 {
				t.Errorf("%q: exit %d", args, status)
			}
			plainText(t, out+errs)
		}
	}
	noOther(t, "s.yaml", "net.yaml", "tcmdse-out")
}

// TestIncludes: files that name other files, programs or code read, run and write nothing beyond what they are for.
func TestIncludes(t *testing.T) {
	const program = "touch " + hostile.Mark
	files(t, map[string]string{
		"jinja.yaml": "architecture: {{include('../../../etc/passwd')}}\n", "statement.yaml": "{% include '/etc/passwd' %}\narchitecture: {}\n",
		"python.yaml":  "architecture:\n  nodes: !!python/object/apply:os.system [\"" + program + "\"]\n",
		"code.yaml":    "arch:\n  nodes:\n  - !Memory {name: M, size: \"__import__('os').system('" + program + "')\"}\n",
		"globals.yaml": "arch:\n  nodes: {{ cycler.__init__.__globals__.os.popen(\"" + program + "\").read() }}\n",
		"sweep.yaml":   "name: s\narch: edge\nestimator: " + program + "\nworkloads: [resnet18]\naxes: [{path: PE.x, values: [2]}]\n",
		"named.yaml":   "name: ../" + hostile.Mark + "\narch: edge\nworkloads: [resnet18]\naxes: [{path: PE.x, values: [2]}]\n",
		"layer.yaml":   "name: n\nlayers:\n  - {name: ../" + hostile.Mark + ", matmul: {M: 8, K: 16, N: 4}}\n",
	})
	for _, args := range [][]string{
		{"import", "timeloop", "jinja.yaml"}, {"import", "timeloop", "statement.yaml"}, {"import", "timeloop", "python.yaml"}, {"import", "timeloop", "globals.yaml"},
		{"import", "accelforge", "code.yaml"}, {"import", "accelforge", "globals.yaml"}, {"sweep", "sweep.yaml"}, {"sweep", "named.yaml"}, {"check", "layer.yaml"},
		{"import", "timeloop", "jinja.yaml", "--name", "../" + hostile.Mark},
	} {
		if status, out, errs := call(t, args...); status != 2 || strings.Contains(out+errs, "root:") {
			t.Errorf("%v: exit %d, %s%s", args, status, out, errs)
		}
	}
	noOther(t, "jinja.yaml", "statement.yaml", "python.yaml", "code.yaml", "globals.yaml", "sweep.yaml", "named.yaml", "layer.yaml")
}

// TestPlantedLinks: reports replace a link that stands in their place and leave what it leads to.
func TestPlantedLinks(t *testing.T) {
	files(t, map[string]string{"s.yaml": smallSweep, "net.yaml": smallNet, "victim": "kept"})
	if err := os.Mkdir("out", 0o755); err != nil {
		t.Fatal(err)
	}
	links := []string{"r.xlsx", "r.html", "r.svg", "candidates.csv", "layers.csv", "front.csv"}
	for _, name := range links {
		if err := os.Symlink("../victim", filepath.Join("out", name)); err != nil {
			t.Skip(err)
		}
	}
	if status, _, errs := call(t, "sweep", "s.yaml", "--quiet"); status != 0 {
		t.Fatal(errs)
	}
	if status, _, errs := call(t, "report", "tcmdse-out/results.db", "-o", "out/r.xlsx", "--html", "out/r.html", "--svg", "out/r.svg", "--csv", "out"); status != 0 {
		t.Fatal(errs)
	}
	if got := string(read(t, "victim")); got != "kept" {
		t.Errorf("a link was followed: %.40q", got)
	}
	for _, name := range links {
		if st, err := os.Lstat(filepath.Join("out", name)); err != nil || !st.Mode().IsRegular() {
			t.Errorf("%s: %v", name, err)
		}
	}
}
