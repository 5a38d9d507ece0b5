//go:build unix

package cli

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tcmdse/results"
)

// TestNotResults: a database that is none is wrong input to every command, which leaves it as it was.
func TestNotResults(t *testing.T) {
	files(t, map[string]string{"s.yaml": smallSweep, "net.yaml": smallNet, "text.db": "no database\n"})
	for name, content := range map[string]string{"other.db": "CREATE TABLE x(y)", "alike.db": "CREATE TABLE sweeps(a); PRAGMA user_version = 1",
		"negative.db": "CREATE TABLE x(y); PRAGMA user_version = -1"} {
		execute(t, name, content)
	}
	if err := os.Mkdir("dir.db", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("o", 0o755); err != nil {
		t.Fatal(err)
	}
	entries, _ := os.ReadDir(".")
	for name, want := range map[string]string{"text.db": "text.db is not an SQLite file", "other.db": "other.db is an SQLite file of something else",
		"alike.db": "alike.db is an SQLite file of something else", "negative.db": "negative.db is an SQLite file of something else",
		"dir.db": "dir.db is a directory; a results file is wanted"} {
		before, _ := os.ReadFile(name)
		for _, args := range [][]string{{"query", name, "SELECT 1"}, {"report", name}, {"sweep", "s.yaml", "--quiet", "--out", "o", "--db", name}} {
			if status, out, errs := call(t, args...); status != 2 || out != "" || !strings.Contains(errs, want) || strings.Contains(errs, "finished work") {
				t.Errorf("%v: exit %d, %s%s", args, status, out, errs)
			}
			if after, _ := os.ReadFile(name); string(after) != string(before) {
				t.Errorf("%v: the file was changed", args)
			}
		}
	}
	if now, _ := os.ReadDir("."); len(now) != len(entries) {
		t.Errorf("left %v", now)
	}
}

// execute runs SQL on a database file as any program would, making it.
func execute(t *testing.T, path, ddl string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(ddl); err != nil {
		t.Fatal(err)
	}
}

// TestLocked: a database that another process keeps for itself is no mistake of the call.
func TestLocked(t *testing.T) {
	path := emptyDatabase(t)
	db, err := sql.Open("sqlite3", path+"?_txlock=exclusive")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if status, _, errs := call(t, "query", path, "SELECT * FROM sweeps"); status != 1 || !strings.Contains(errs, "is in use by another process") {
		t.Errorf("exit %d, %s", status, errs)
	}
}

// TestReportWhich: of several sweeps the report says which it shows, and which there are when one is asked for that is not.
func TestReportWhich(t *testing.T) {
	t.Chdir(t.TempDir())
	expect := func(want string, status int, args ...string) {
		t.Helper()
		got, out, errs := call(t, append([]string{"report", "r.db"}, args...)...)
		if got != status || !strings.HasPrefix(out+errs, want) || status != 0 && out != "" {
			t.Errorf("%v: exit %d, %s%s, want %s", args, got, out, errs, want)
		}
	}
	addSweeps(t, "r.db")
	expect("tcmdse: r.db holds no sweep\n", 2)
	addSweeps(t, "r.db", "one")
	expect("net on a: 0 of 0 ", 0)
	expect("net on a: 0 of 0 ", 0, "--sweep", "1")
	expect("tcmdse: --sweep: r.db has no sweep 2; there are 1 (one)\n", 2, "--sweep", "2")
	addSweeps(t, "r.db", "two", "m\nid")
	expect("sweep 3 of 3 (m id); --sweep N for another\nnet on a: 0 of 0 ", 0)
	expect("sweep 2 of 3 (two); --sweep N for another\nnet on a: 0 of 0 ", 0, "--sweep", "2")
	for _, id := range []string{"4", "0", "-1"} {
		expect("tcmdse: --sweep: r.db has no sweep "+id+"; there are 1 (one), 2 (two), 3 (m id)\n", 2, "--sweep", id, "--html", "r.html")
	}
	if _, err := os.Stat("r.html"); err == nil {
		t.Error("a report of no sweep was written")
	}
}

// addSweeps stores sweeps without candidates.
func addSweeps(t *testing.T, path string, names ...string) {
	t.Helper()
	s, err := results.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if _, _, err := s.Begin(context.Background(), results.Sweep{Name: name, Arch: "a", Workloads: []string{"net"}, Config: name}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestMessage: of joined errors, equal ones are told once; others, and lines within one, stay.
func TestMessage(t *testing.T) {
	full, other := errors.New("full\nfull"), errors.New("other")
	for want, err := range map[string]error{
		"full\nfull":           errors.Join(full, errors.Join(errors.New("full\nfull"), full)),
		"full\nfull\nother":    errors.Join(errors.Join(full, other, full), other),
		"x: full\nfull\nother": fmt.Errorf("x: %w", errors.Join(full, other)),
		"other other":          fmt.Errorf("%w %w", other, other),
		"other":                usageError{errors.Join(other, other)},
		"x other\nother":       errors.Join(fmt.Errorf("x %w", other), nil, other),
	} {
		if got := message(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestDiskFull: a sweep that finds no room says so once, with status 1, also where the note of its end finds none (with
// some of these sizes). The room is that of the largest file the process may write, in units of 512 bytes.
func TestDiskFull(t *testing.T) {
	dir := killFiles(t, killSweep)
	for room := 428; room <= 452; room += 8 {
		cmd := exec.Command("sh", "-c", fmt.Sprintf(`ulimit -f %d && exec "$0" "$@"`, room), binary(t))
		cmd.Args = append(cmd.Args, sweepArgs("--quiet")...)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput()
		lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(string(out)), "\n"), func(l string) bool { return strings.HasPrefix(l, "warning: ") })
		if cmd.ProcessState.ExitCode() != 1 || len(lines) != 1 || !strings.Contains(lines[0], "r.db has no room left on its disk; finished work is kept") {
			t.Errorf("room %d: exit %d, %s", room, cmd.ProcessState.ExitCode(), out)
		}
		if err := os.RemoveAll(filepath.Dir(database(dir))); err != nil {
			t.Fatal(err)
		}
	}
}
