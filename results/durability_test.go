package results

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/mattn/go-sqlite3"
)

// TestPragmas: the writer's connection is in WAL mode, syncs every commit to the disk and checks references.
func TestPragmas(t *testing.T) {
	s, _, _ := create(t)
	defer s.Close()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		if err := s.db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, want %s, %v", pragma, got, want, err)
		}
	}
}

// TestNewerUntouched: a file of a newer tool is refused by reader and writer, both versions named, and keeps every byte.
func TestNewerUntouched(t *testing.T) {
	s, _, path := create(t)
	if _, err := s.db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	want := fmt.Sprintf("has schema 99, this tool knows up to %d", SchemaVersion)
	for _, open := range []func(string) (*Store, error){Open, OpenReadOnly} {
		var version *VersionError
		if _, err := open(path); !errors.As(err, &version) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if after, _ := os.ReadFile(path); string(before) != string(after) {
		t.Error("the file was changed")
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("left %v", files)
	}
}

// fill appends candidates until it fails and returns how many are stored by then, and the error.
func fill(s *Store, id int64, from int) (int, error) {
	for i := from; i < from+100_000; i++ {
		c := worked(int64(i), i*10, 4)
		c.ArchYAML = strings.Repeat("node: value\n", 200)
		if err := s.Append(context.Background(), id, []Candidate{c}); err != nil {
			return i, err
		}
	}
	return from + 100_000, nil
}

// intact fails unless the file holds n whole candidates and nothing else.
func intact(t *testing.T, s *Store, n int) {
	t.Helper()
	ctx := context.Background()
	if done, err := s.Done(ctx, 1); err != nil || done.Len() != n {
		t.Errorf("%d candidates, want %d, %v", done.Len(), n, err)
	}
	var check string
	var layers, components, sums int
	err := s.read.QueryRow("SELECT (SELECT count(*) FROM layers), (SELECT count(*) FROM components), (SELECT count(*) FROM outcome_components)").Scan(&layers, &components, &sums)
	if err != nil || layers != 4*n || components != 16*n || sums != 4*n {
		t.Errorf("%d layers, %d components, %d sums of %d candidates, %v", layers, components, sums, n, err)
	}
	if err := s.read.QueryRow("PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
		t.Errorf("%s %v", check, err)
	}
}

// TestFull: when there is no room, the error says so, what was stored stays, and the same store goes on once there is.
func TestFull(t *testing.T) {
	s, id, path := create(t)
	if _, err := s.db.Exec("PRAGMA max_page_count = 300"); err != nil {
		t.Fatal(err)
	}
	n, err := fill(s, id, 0)
	var e sqlite3.Error
	if !errors.As(err, &e) || e.Code != sqlite3.ErrFull || !strings.Contains(err.Error(), "make room and start again") || n == 0 {
		t.Fatalf("%d stored, %v", n, err)
	}
	intact(t, s, n)
	if _, ok, err := s.Recall(context.Background(), workKey(n*10)); ok || err != nil {
		t.Errorf("half a candidate is there: %v %v", ok, err)
	}
	if _, err := s.db.Exec("PRAGMA max_page_count = 600"); err != nil {
		t.Fatal(err)
	}
	more, err := fill(s, id, n)
	if err == nil || more <= n {
		t.Errorf("%d, then %d, %v", n, more, err)
	}
	intact(t, s, more)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("left %v", files)
	}
}

// mount mounts a file system in memory, which goes with the test; where it is not allowed, the test is skipped.
func mount(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: a small file system is mounted on Linux only")
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("SKIPPED: no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, 0) })
	return dir
}

// TestFullDisk is TestFull on a real disk that is full.
func TestFullDisk(t *testing.T) {
	ctx := context.Background()
	dir := mount(t, "size=1500k")
	path := filepath.Join(dir, "r.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	id, _, err := s.Begin(ctx, Sweep{Config: "c", Workloads: []string{"net"}})
	if err != nil {
		t.Fatal(err)
	}
	n, err := fill(s, id, 0)
	if err == nil || !strings.Contains(err.Error(), "make room and start again") || n == 0 {
		t.Fatalf("%d stored, %v", n, err)
	}
	t.Logf("full after %d: %v; Close: %v", n, err, s.Close())
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=4m"); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(path); err != nil {
		t.Fatal(err)
	}
	intact(t, s, n)
	c := worked(int64(n), n*10, 4)
	if err := s.Append(ctx, id, []Candidate{c}); err != nil {
		t.Error(err)
	}
	intact(t, s, n+1)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("left %v", files)
	}
}

// TestReadOnlyDisk: where nothing can be written, the writer says so and a reader reads.
func TestReadOnlyDisk(t *testing.T) {
	ctx := context.Background()
	dir := mount(t, "size=4m")
	path := filepath.Join(dir, "r.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	id, _, _ := s.Begin(ctx, Sweep{Config: "c", Workloads: []string{"net"}})
	if err := s.Append(ctx, id, []Candidate{worked(0, 0, 4)}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("SKIPPED: cannot be made read-only: %v", err)
	}
	for _, p := range []string{path, filepath.Join(dir, "new.db"), filepath.Join(dir, "sub", "new.db")} {
		if _, err := Open(p); err == nil || !strings.Contains(err.Error(), "read-only file system") {
			t.Errorf("%s: %v", p, err)
		}
	}
	if s, err = OpenReadOnly(path); err != nil {
		t.Fatal(err)
	}
	intact(t, s, 1)
	s.Close()
}

// TestForeign: what is no results file is refused by writer and reader, by an error of that type, and keeps every byte,
// with nothing beside it.
func TestForeign(t *testing.T) {
	ddl, err := schema.ReadFile("schema/0001.sql")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"version 0":                 "CREATE TABLE x(y)",
		"a table sweeps":            "CREATE TABLE sweeps(a); PRAGMA user_version = 1",
		"our version":               fmt.Sprintf("CREATE TABLE x(y); PRAGMA user_version = %d", SchemaVersion),
		"negative":                  "CREATE TABLE x(y); PRAGMA user_version = -1",
		"negative and empty":        "PRAGMA user_version = -1",
		"empty with a version":      "PRAGMA user_version = 1",
		"a larger version":          "CREATE TABLE x(y); PRAGMA user_version = 99",
		"our names, not columns":    "CREATE TABLE sweeps(sweep_id); CREATE TABLE candidates(a); CREATE TABLE params(a); CREATE TABLE outcomes(a); CREATE TABLE mappings(a); CREATE TABLE layers(a); CREATE TABLE components(a); PRAGMA user_version = 2",
		"one table missing":         string(ddl) + "; DROP TABLE components; PRAGMA user_version = 1",
		"a view for a table":        string(ddl) + "; DROP TABLE params; CREATE VIEW params AS SELECT 1 candidate_id, 2 path, 3 value; PRAGMA user_version = 1",
		"ours, version set to 0":    string(ddl),
		"text":                      "",
		"text, several pages of it": "",
	} {
		path := filepath.Join(t.TempDir(), "o.db")
		if content == "" {
			err = os.WriteFile(path, []byte(strings.Repeat("no database ", len(name)*len(name))), 0o644)
		} else {
			var db *sql.DB
			if db, err = sql.Open("sqlite3", path); err == nil {
				_, err = db.Exec(content)
				db.Close()
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(path)
		for _, open := range []func(string) (*Store, error){Open, OpenReadOnly} {
			var other *NotResultsError
			if _, err := open(path); !errors.As(err, &other) || !strings.Contains(err.Error(), "o.db is an SQLite file of something else, not a results file") && !strings.Contains(err.Error(), "o.db is not an SQLite file") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if after, _ := os.ReadFile(path); string(before) != string(after) {
			t.Errorf("%s: the file was changed", name)
		}
		if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
			t.Errorf("%s: left %v", name, files)
		}
	}
}

// TestOfMachine: a lock is no fault of the file, unlike its being none of ours.
func TestOfMachine(t *testing.T) {
	for want, codes := range map[bool][]sqlite3.ErrNo{
		true:  {sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrFull, sqlite3.ErrIoErr},
		false: {sqlite3.ErrNotADB, sqlite3.ErrError, sqlite3.ErrCorrupt, sqlite3.ErrCantOpen},
	} {
		for _, code := range codes {
			if got := OfMachine(explain("r.db", sqlite3.Error{Code: code})); got != want {
				t.Errorf("%v: %v", code, got)
			}
		}
	}
	if OfMachine(ErrDenied) {
		t.Error(ErrDenied)
	}
}

// TestOddPlaces: a path that cannot hold a file is an error that names it.
func TestOddPlaces(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for path, want := range map[string]string{filepath.Join(file, "r.db"): "not a directory", dir: "is a directory; a results file is wanted", os.DevNull: "is not a regular file"} {
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), filepath.Dir(path)) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
		if _, err := OpenReadOnly(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
		if _, err := os.Stat(path + ".lock"); err == nil {
			t.Errorf("%s.lock was left", path)
		}
	}
}

// TestDamaged: a file whose pages are overwritten is said to be damaged, by whatever reads it first.
func TestDamaged(t *testing.T) {
	ctx := context.Background()
	s, id, path := create(t)
	for i := range int64(10) {
		if err := s.Append(ctx, id, []Candidate{worked(i, int(i)*10, 4)}); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(data); i++ {
		data[i] = byte(i * 7)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := OpenReadOnly(path)
	if err == nil {
		defer r.Close()
		_, err = r.Candidates(ctx, id, "net")
	}
	if err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Error(err)
	}
}

// TestExplain: what SQLite says in numbers is told in words that help.
func TestExplain(t *testing.T) {
	for want, e := range map[string]sqlite3.Error{
		"make room":    {Code: sqlite3.ErrIoErr, SystemErrno: syscall.ENOSPC},
		"read-only":    {Code: sqlite3.ErrIoErr, SystemErrno: syscall.EROFS},
		"input/output": {Code: sqlite3.ErrIoErr, SystemErrno: syscall.EIO},
		"allow locks":  {Code: sqlite3.ErrIoErr},
		"local disk":   {Code: sqlite3.ErrProtocol},
		"is damaged":   {Code: sqlite3.ErrCorrupt},
		"in use":       {Code: sqlite3.ErrBusy},
		"folder there": {Code: sqlite3.ErrCantOpen},
		"be written":   {Code: sqlite3.ErrReadonly},
	} {
		if err := explain("r.db", fmt.Errorf("x: %w", e)); !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "r.db") || !errors.As(err, &e) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
