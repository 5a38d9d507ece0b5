package slurm

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tcmdse/internal/hostile"
)

// TestHostileScripts gives every text to bash that an attacker would put into a name, a path or a setting: what Check lets
// pass arrives at the program as it was, and runs nothing.
func TestHostileScripts(t *testing.T) {
	program := "#!/bin/bash\nprintf '%s\\0' \"$PWD\" \"$@\"\n"
	tried := 0
	for _, n := range hostile.Names() {
		if len(n.Text) > 10_000 || strings.Contains(n.Text, "\x00") { // neither is a path, nor an argument, to Linux
			continue
		}
		t.Run(n.What, func(t *testing.T) {
			root := t.TempDir()
			dir := filepath.Join(root, strings.ReplaceAll(n.Text, "/", "_"))
			p := plan(2)
			p.Name, p.File, p.Sets, p.Objective, p.FrontOnly = n.Text, n.Text, []string{n.Text}, n.Text, false
			o := &Options{CPUs: 1, Run: filepath.Join(dir, "run"), Program: filepath.Join(dir, "tcmdse"), Dir: dir, Account: n.Text}
			if o.Check() != nil { // a path of one line, and all else as it was
				o.Run, o.Program, o.Dir, o.Account = filepath.Join(root, "run"), filepath.Join(root, "tcmdse"), root, ""
			}
			onlyOptions(t, p.ShardScript(o))
			onlyOptions(t, p.MergeScript(o))
			if err := os.MkdirAll(o.Run, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(o.Program, []byte(program), 0o755); err != nil {
				t.Fatal(err)
			}
			got := words(t, root, p.ShardScript(o))
			want := []string{o.Dir, "sweep", n.Text, "--shard", "0/2", "--publish", o.Run, "--jobs", "1", "--quiet", "--set=" + n.Text, "--objective=" + n.Text}
			if !slices.Equal(got, want) {
				t.Errorf("got %q\nwant %q", got, want)
			}
			got = words(t, root, p.MergeScript(o))
			if len(got) != 12 || got[2] != filepath.Join(o.Run, "results.db") {
				t.Errorf("merge: %q", got)
			}
			tried++
		})
	}
	if tried < 30 {
		t.Errorf("%d names tried", tried)
	}
}

// onlyOptions fails where a line that sbatch reads begins with what a name brought.
func onlyOptions(t *testing.T, script string) {
	t.Helper()
	for line := range strings.Lines(script) {
		if !strings.HasPrefix(line, "#") {
			return
		}
		if strings.HasPrefix(line, "#SBATCH --wrap") {
			t.Errorf("an option from a name: %s", line)
		}
	}
}

// words runs a script as an element, in a folder of its own, and returns what the program was called with.
func words(t *testing.T, root, script string) []string {
	t.Helper()
	cmd := exec.Command("bash", "-s")
	cmd.Stdin = strings.NewReader(script)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "SLURM_ARRAY_TASK_ID=0", "SLURM_CPUS_PER_TASK=1")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil || said.Len() > 0 {
		t.Fatalf("%v %s\n%s", err, said.String(), script)
	}
	filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == hostile.Mark {
			t.Errorf("%s was made", path)
		}
		return err
	})
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}
