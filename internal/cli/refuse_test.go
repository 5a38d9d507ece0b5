//go:build unix

package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// runIn runs the tool in a folder to its end. As root it is another user, whom permissions bind.
func runIn(t *testing.T, dir string, bound bool, args ...string) (status int, out, errs string) {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	var o, e bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &o, &e
	if bound && os.Geteuid() == 0 {
		const nobody = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	cmd.Run()
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

// TestSecondProcess: while a sweep runs, another one on the same database is refused and changes nothing; queries and
// reports are answered, and the sweep ends as if alone.
func TestSecondProcess(t *testing.T) {
	want := uninterrupted(t, killSweep)
	dir := killFiles(t, killSweep)
	p := start(t, dir, sweepArgs()...)
	p.until(0.05)
	for i := 0; i < 3; i++ {
		if status, out, errs := runIn(t, dir, false, sweepArgs("--out", "other")...); status != 1 || !strings.Contains(errs, "r.db is in use: another sweep or merge is writing it") || out != "" {
			t.Errorf("second sweep: exit %d, %s", status, errs)
		}
	}
	if status, out, errs := runIn(t, dir, false, "query", "db/r.db", "SELECT count(*) AS n FROM candidate"); status != 0 || !strings.HasPrefix(out, "n") {
		t.Errorf("query: exit %d, %s", status, errs)
	}
	if status, out, errs := runIn(t, dir, false, "report", "db/r.db", "--html", "x.html"); status != 0 || out == "" {
		t.Errorf("report: exit %d, %s", status, errs)
	}
	select {
	case <-p.done:
		t.Error("the sweep ended too soon to be met by the others")
	default:
	}
	if status, errs := p.wait(t); status != 0 {
		t.Fatalf("exit %d, %s", status, errs)
	}
	if d := difference(dump(t, database(dir)), want); d != "" {
		t.Errorf("beside others: %s", d)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "db")); err != nil || len(left) != 1 {
		t.Errorf("beside the database: %v, %v", left, err)
	}
}

// TestRefusals: what cannot be written or read is refused with what to do, and is left as it was.
func TestRefusals(t *testing.T) {
	dir := killFiles(t, killSweep)
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	finish(t, dir, sweepArgs()...)
	data, err := os.ReadFile(database(dir))
	if err != nil {
		t.Fatal(err)
	}
	place := func(name string, mode os.FileMode, edit string) string {
		t.Helper()
		folder := filepath.Join(dir, name)
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, "r.db")
		if err := os.WriteFile(path, data, 0o444); err != nil {
			t.Fatal(err)
		}
		if edit != "" {
			db, err := plain(path, "")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(edit); err != nil {
				t.Fatal(err)
			}
			db.Close()
		}
		if err := os.Chmod(folder, mode); err != nil {
			t.Fatal(err)
		}
		return name + "/r.db"
	}
	readOnly, newer := place("readonly", 0o555, ""), place("newer", 0o777, "PRAGMA user_version = 99")
	if err := os.Mkdir(filepath.Join(dir, "free"), 0o777); err != nil {
		t.Fatal(err)
	}
	os.Chmod(filepath.Join(dir, "free"), 0o777)
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"sweep", "s.yaml", "--db", readOnly, "--out", "free"}, 1, "readonly/r.db cannot be written"},
		{[]string{"sweep", "s.yaml", "--out", "readonly"}, 2, "--out: "},
		{[]string{"query", readOnly, "SELECT count(*) FROM candidate"}, 0, ""},
		{[]string{"report", readOnly, "--html", "free/r.html"}, 0, ""},
		{[]string{"report", readOnly, "--html", "readonly/r.html"}, 1, "permission denied"},
		{[]string{"sweep", "s.yaml", "--db", newer, "--out", "free"}, 2, "newer/r.db has schema 99, this tool knows up to "},
		{[]string{"query", newer, "SELECT count(*) FROM candidate"}, 2, "a newer tcmdse wrote it"},
		{[]string{"report", newer, "--html", "free/n.html"}, 2, "a newer tcmdse wrote it"},
	} {
		path := readOnly
		if strings.Contains(strings.Join(c.args, " "), newer) {
			path = newer
		}
		before, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		status, _, errs := runIn(t, dir, true, c.args...)
		if status != c.status || !strings.Contains(errs, c.want) {
			t.Errorf("%v: exit %d, want %d and %q: %s", c.args, status, c.status, c.want, errs)
		}
		after, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil || !bytes.Equal(before, after) {
			t.Errorf("%v: the file is not as it was, %v", c.args, err)
		}
		if left, err := os.ReadDir(filepath.Dir(filepath.Join(dir, path))); err != nil || len(left) != 1 {
			t.Errorf("%v: beside the file: %v, %v", c.args, left, err)
		}
	}
}
