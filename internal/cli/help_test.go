package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// commands returns all commands of ours, with those below others.
func commands(t *testing.T) []*cobra.Command {
	var out []*cobra.Command
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			out = append(out, sub)
			walk(sub)
		}
	}
	var started bool
	root := newRoot(&env{os.Stdout, os.Stderr}, &started)
	walk(root)
	if len(out) < 15 {
		t.Fatalf("%d commands", len(out))
	}
	return out
}

// TestHelp: every command says in a line what it does, and shows an example of itself whose flags exist.
func TestHelp(t *testing.T) {
	for _, c := range commands(t) {
		path := c.CommandPath()
		if c.Short == "" || !strings.Contains(c.Example, path) {
			t.Errorf("%s: short %q, example %q", path, c.Short, c.Example)
		}
		for _, word := range strings.Fields(c.Example) {
			name, isFlag := strings.CutPrefix(word, "--")
			name, _, _ = strings.Cut(name, "=")
			if isFlag && name != "" && c.Flags().Lookup(name) == nil && !elsewhere(c, name) {
				t.Errorf("%s: its example has --%s, which it does not know", path, name)
			}
		}
	}
}

// elsewhere reports whether an example also runs another command, which has the flag.
func elsewhere(c *cobra.Command, flag string) bool {
	return slices.ContainsFunc(c.Root().Commands(), func(o *cobra.Command) bool {
		return o != c && strings.Contains(c.Example, o.CommandPath()+" ") && o.Flags().Lookup(flag) != nil
	})
}

// TestCompletions: nothing is left to the shell's own guess: each command that takes words, and each flag that takes a
// value, has a completion.
func TestCompletions(t *testing.T) {
	for _, c := range commands(t) {
		takesWords := strings.ContainsAny(strings.TrimPrefix(c.Use, c.Name()), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") && !strings.HasPrefix(strings.TrimPrefix(c.Use, c.Name()), " --")
		if takesWords && c.ValidArgsFunction == nil && len(c.ValidArgs) == 0 {
			t.Errorf("%s: its words have no completion", c.CommandPath())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Value.Type() == "bool" {
				return
			}
			if _, ok := c.GetFlagCompletionFunc(f.Name); !ok {
				t.Errorf("%s --%s has no completion", c.CommandPath(), f.Name)
			}
		})
	}
	for line, want := range map[string]string{
		"map --arch edge_":                            "edge_npu\n:0\n",
		"map --arch nothing-so":                       "yaml\nyml\n:8\n",
		"map --objective ":                            "edp\nenergy\nlatency\nfront\nnetwork-edp\n:4\n",
		"sweep --objective ":                          "edp\nenergy\nlatency\n:4\n",
		"map --workload mlperf-tiny-r":                "mlperf-tiny-resnet8\n:0\n",
		"map --workload mlperf-tiny-dscnn --layer dw": "",
		"sweep de":                                    "default\n:0\n",
		"show shi":                                    "shidiannao\n:4\n",
		"show edge ":                                  ":4\n",
		"report ":                                     "db\n:8\n",
		"report x.db -o ":                             "xlsx\n:8\n",
		"status ":                                     ":16\n",
		"query x.db ":                                 ":4\n",
		"list a":                                      "archs\n:4\n",
		"sweep --set GLB.si":                          "GLB.size=\n:6\n",
		"cost --arch edge_npu --set SRAM.si":          "SRAM.size=\n:6\n",
		"cost --arch none --set SRAM.si":              ":4\n",
		"map --arch edge --workload resnet18 --layer conv":    "conv1\n:4\n",
		"evaluate --arch edge --workload none --layer conv":   ":4\n",
		"evaluate --arch edge --workload resnet18 --mapping ": "yaml\nyml\njson\n:8\n",
	} {
		_, out, _ := call(t, append([]string{cobra.ShellCompNoDescRequestCmd}, strings.Split(line, " ")...)...)
		if want != "" && out != want {
			t.Errorf("%q: %q, want %q", line, out, want)
		}
	}
}

// TestMan: a page for each command, the same every time, which man reads without complaint.
func TestMan(t *testing.T) {
	dirs := []string{filepath.Join(t.TempDir(), "a", "man1"), t.TempDir()}
	pages := map[string]string{}
	for i, dir := range dirs {
		if status, out, errs := call(t, "man", dir); status != 0 || !strings.Contains(out, "pages in "+dir) {
			t.Fatal(status, out, errs)
		}
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			got[filepath.Base(f)] = string(data)
		}
		if i > 0 && !reflect.DeepEqual(got, pages) {
			t.Error("two runs wrote different pages")
		}
		pages = got
	}
	for _, c := range commands(t) {
		page := pages[strings.ReplaceAll(c.CommandPath(), " ", "-")+".1"]
		if c.IsAvailableCommand() && (!strings.Contains(page, ".SH EXAMPLE") || !strings.Contains(page, ".SH NAME")) {
			t.Errorf("%s has no page with an example", c.CommandPath())
		}
	}
	if man, err := exec.LookPath("man"); err == nil {
		cmd := exec.CommandContext(context.Background(), man, "--warnings", "-l", filepath.Join(dirs[1], "tcmdse-sweep.1"))
		cmd.Env = append(os.Environ(), "MANPAGER=cat", "MANWIDTH=100")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--front-only") || strings.Contains(string(out), "warning:") {
			t.Errorf("man: %v\n%s", err, out)
		}
	}
}
