package results

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A second workload of a stored candidate has to be stored; the candidate is done only with all workloads.
func TestSecondWorkload(t *testing.T) {
	ctx := context.Background()
	s, err := Open(filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	id, _, _ := s.Begin(ctx, Sweep{Workloads: []string{"net", "other"}, Config: "c"})
	c := sample(0, 1, 1)
	if err := s.Append(ctx, id, []Candidate{c}); err != nil {
		t.Fatal(err)
	}
	if done, _ := s.Done(ctx, id); done.Has(c.Key) {
		t.Error("done with one of two workloads")
	}
	c.Results[0].Workload = "other"
	if err := s.Append(ctx, id, []Candidate{c}); err != nil {
		t.Fatal(err)
	}
	rows, _ := s.Candidates(ctx, id, "other")
	if len(rows) != 1 {
		t.Errorf("second workload lost: %d rows", len(rows))
	}
}

// Not a number is refused in the traffic too: it has no JSON, and the row could not be read back.
func TestTensorNaN(t *testing.T) {
	ctx := context.Background()
	s, id, _ := create(t)
	defer s.Close()
	c := sample(0, 1, 1)
	c.Results[0].Layers[0].Components[0].Tensors[0].ReadBits = math.NaN()
	if err := s.Append(ctx, id, []Candidate{c}); err == nil {
		t.Error("NaN traffic was stored")
	}
	if err := s.eachComponent(ctx, id, func(ComponentRow) error { return nil }); err != nil {
		t.Errorf("unreadable afterwards: %v", err)
	}
}

// A second process that wants to write is told so at once; one that reads is let in (TestPlainConnection).
func TestSecondWriter(t *testing.T) {
	if path := os.Getenv("RESULTS_SECOND"); path != "" {
		s, err := Open(path)
		if err == nil {
			s.Close()
		}
		fmt.Println("second writer:", err)
		return
	}
	s, _, path := create(t)
	cmd := exec.Command(os.Args[0], "-test.run", "^TestSecondWriter$")
	cmd.Env = append(os.Environ(), "RESULTS_SECOND="+path)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "is in use") {
		t.Errorf("%v %s", err, out)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// Close of the writer while a reader holds the file: the work is kept, that is no failure.
func TestCloseWithReader(t *testing.T) {
	ctx := context.Background()
	s, id, path := create(t)
	s.Append(ctx, id, []Candidate{sample(0, 1, 1), sample(1, 1, 1)})
	r, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := r.db.Query("SELECT * FROM candidates")
	if err != nil {
		t.Fatal(err)
	}
	rows.Next()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	rows.Close()
	r.Close()
	again, err := Open(path) // the next writer tidies up
	if err != nil {
		t.Fatal(err)
	}
	if done, err := again.Done(ctx, id); err != nil || done.Len() != 2 {
		t.Error(done, err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("left %v", files)
	}
}

// A database of another program is refused and not one byte of it changes.
func TestForeignUntouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.db")
	db, _ := sql.Open("sqlite3", path)
	if _, err := db.Exec("CREATE TABLE x(y)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	before, _ := os.ReadFile(path)
	if _, err := Open(path); err == nil {
		t.Fatal("opened")
	}
	after, _ := os.ReadFile(path)
	if string(before) != string(after) {
		t.Errorf("a foreign file was changed: header bytes 18,19 %v -> %v", before[18:20], after[18:20])
	}
}

// The authorizer alone refuses, whatever else protects the file, and a refusal is always ErrDenied.
func TestQueryOnWriter(t *testing.T) {
	ctx := context.Background()
	s, id, _ := create(t)
	defer s.Close()
	s.Append(ctx, id, []Candidate{sample(0, 1, 1)})
	for _, q := range []string{"DELETE FROM params", "PRAGMA synchronous=0", "PRAGMA journal_mode=DELETE", "SELECT * FROM pragma_journal_mode",
		"BEGIN", "SELECT load_extension('x')", "WITH x AS (SELECT 1) INSERT INTO params SELECT 1,9,'a',1,'b'", "REINDEX", "ANALYZE"} {
		if _, err := s.Query(ctx, q); !errors.Is(err, ErrDenied) {
			t.Errorf("%s: %v", q, err)
		}
	}
	for _, q := range []string{"SELECT t.value FROM component_result, json_each(tensors) t", "EXPLAIN QUERY PLAN SELECT * FROM front"} {
		if rows, err := s.Query(ctx, q); err != nil || len(rows.Values) == 0 {
			t.Errorf("%s: %v", q, err)
		}
	}
	if err := s.Append(ctx, id, []Candidate{sample(1, 1, 1)}); err != nil { // the authorizer is gone
		t.Error(err)
	}
}

// A query without end stops with its context.
func TestQueryInterrupt(t *testing.T) {
	s, _, _ := create(t)
	defer s.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	t0 := time.Now()
	_, err := s.Query(ctx, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n")
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(t0) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(t0))
	}
}

// Reading and writing from inside a callback must not wait for the connection that the callback's rows hold.
func TestQueryWithinEach(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	s, id, _ := create(t)
	defer s.Close()
	s.Append(ctx, id, []Candidate{sample(0, 1, 1)})
	err := s.eachLayer(ctx, id, func(LayerRow) error {
		if _, err := s.Query(ctx, "SELECT 1"); err != nil {
			return err
		}
		return s.Append(ctx, id, []Candidate{sample(1, 1, 1)})
	})
	if err != nil {
		t.Error(err)
	}
}

// TestReadOnlyErrors: what is no results file is refused with words that say why.
func TestReadOnlyErrors(t *testing.T) {
	dir := t.TempDir()
	file := func(name, data string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for path, want := range map[string]string{
		file("garbage.db", strings.Repeat("no database ", 9)): "not an SQLite file",
		file("empty.db", ""):          "not a results file",
		filepath.Join(dir, "none.db"): "no such file",
	} {
		if _, err := OpenReadOnly(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
}

// A folder without write permission: root may write everywhere, so it proves nothing there.
func TestReadOnlyFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root ignores permissions")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(dir, "r.db")); err == nil || !strings.Contains(err.Error(), "cannot be written") {
		t.Error(err)
	}
}

// The file is plain SQLite: a connection without any of this package reads the views.
func TestPlainConnection(t *testing.T) {
	s, id, path := create(t)
	if err := s.Append(context.Background(), id, []Candidate{sample(0, 1, 4), sample(1, 2, 3), sample(2, 2, 5)}); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String())
	if err != nil {
		t.Fatal(err)
	}
	read := func(when string) {
		var n, on int
		var check string
		if err := db.QueryRow("SELECT count(*), sum(on_front) FROM candidate").Scan(&n, &on); err != nil || n != 3 || on != 2 {
			t.Errorf("%s: %d candidates, %d on the front, %v", when, n, on, err)
		}
		if err := db.QueryRow("PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
			t.Errorf("%s: %s %v", when, check, err)
		}
	}
	read("while the writer is open")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if front, err := s.Front(context.Background(), id, "net"); err != nil || len(front) != 2 || front[1].Index != 1 {
		t.Errorf("front %+v %v", front, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// Bytes 18 and 19 are 2 in WAL mode, which a read-only folder would refuse to open.
	if data, err := os.ReadFile(path); err != nil || data[18] != 1 || data[19] != 1 {
		t.Errorf("Close left the file in WAL mode: %v", err)
	}
	if db, err = sql.Open("sqlite3", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro"); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	read("after Close")
}
