package cli

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tcmdse/results"
)

// built is the tool as a program, made once by the first test that needs it.
var built struct {
	sync.Once
	dir string
	err error
}

func TestMain(m *testing.M) {
	status := m.Run()
	os.RemoveAll(built.dir)
	os.Exit(status)
}

// binary returns the path of the tool. Anyone may execute it.
func binary(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "tcmdse-test-*"); built.err != nil {
			return
		}
		out, err := exec.Command("go", "build", "-o", built.dir, "tcmdse").CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, out)
		}
		built.err = errors.Join(err, os.Chmod(built.dir, 0o755))
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return filepath.Join(built.dir, "tcmdse")
}

const killArch = `
name: a
clock: 1GHz
nodes:
  - {memory: D, size: unlimited, keep: all, read: {energy: 8pJ/bit, bandwidth: 16b/cycle}, write: {energy: 8pJ/bit, bandwidth: 16b/cycle}, leakage: 1mW, area: 1mm2}
  - {memory: G, size: 1KiB, keep: outputs, may_keep: all, read: {energy: 1pJ/bit, bandwidth: 64b/cycle}, write: {energy: 1pJ/bit, bandwidth: 64b/cycle}, leakage: 1mW, area: 0.5mm2}
  - {array: P, dims: [{name: x, size: 4}, {name: y, size: 2, min_utilization: 0.5}]}
  - {memory: R, size: 16B, may_keep: all, read: {energy: 0.1pJ/bit, bandwidth: 16b/cycle}, write: {energy: 0.1pJ/bit, bandwidth: 16b/cycle}, leakage: 0.1mW, area: 0.01mm2}
  - {compute: M, energy: 0.5pJ, throughput: 1/cycle, leakage: 0.1mW, area: 0.005mm2}
`

// killSweep has candidates that are mapped, infeasible and over the budget.
const killSweep = `
name: kill
arch: a.yaml
workloads: [one.yaml, two.yaml]
axes:
  - {path: P.x, values: [2, 4, 6, 8]}
  - {path: P.y, values: [2, 5]}
  - {zip: [{path: G.size, values: [3b, 64B, 256B, 1KiB, 4KiB]}, {path: G.area, values: [0.1mm2, 0.2mm2, 0.3mm2, 0.5mm2, 1mm2]}]}
  - {zip: [{path: R.size, values: [3B, 16B, 64B]}, {path: R.area, values: [0.005mm2, 0.01mm2, 0.03mm2]}]}
budget: {area: 2.8mm2}
`

const killOne = `
name: one
layers:
  - {name: a, matmul: {M: 12, K: 48, N: 20}, count: 2}
  - {name: b, conv: {C: 4, M: 8, P: 6, Q: 6, R: 3, S: 3}}
`

const killTwo = `
name: two
layers:
  - {name: x, matmul: {M: 12, K: 48, N: 20}, count: 3}
  - {name: y, matmul: {M: 30, K: 24, N: 8}}
`

// killWorkloads and killLayers are how many workloads a candidate has, and layers each of them.
const killWorkloads, killLayers = 2, 2

// killFiles writes killSweep, or another sweep in its place, into a new folder.
func killFiles(t *testing.T, sweep string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range map[string]string{"a.yaml": killArch, "s.yaml": sweep, "one.yaml": killOne, "two.yaml": killTwo} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// process is the tool at work on the sweep of killFiles, with its progress as a terminal would show it.
type process struct {
	cmd  *exec.Cmd
	out  bytes.Buffer
	done chan struct{} // closed when it has ended and all output is read

	mu   sync.Mutex
	errs strings.Builder
	seen []progressSeen
}

// progressSeen is how many candidates the tool said were done, and when.
type progressSeen struct {
	at          time.Time
	done, total int64
}

// start runs the tool in a folder.
func start(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	ours, childs := openTerminal(t)
	p := &process{cmd: exec.Command(binary(t), args...), done: make(chan struct{})}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, &p.out, childs
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	childs.Close()
	go func() {
		p.read(ours)
		ours.Close()
		p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.done
	})
	return p
}

// read notes what the tool says until it ends.
func (p *process) read(from *os.File) {
	progress := regexp.MustCompile(`(\d+) of (\d+) candidates`)
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		p.mu.Lock()
		p.errs.Write(buf[:n])
		for _, m := range progress.FindAllSubmatch(buf[:n], -1) {
			done, _ := strconv.ParseInt(string(m[1]), 10, 64)
			total, _ := strconv.ParseInt(string(m[2]), 10, 64)
			p.seen = append(p.seen, progressSeen{time.Now(), done, total})
		}
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// until waits until the tool has said that a share of the candidates is done, or has ended.
func (p *process) until(share float64) {
	for {
		p.mu.Lock()
		n := len(p.seen)
		there := n > 0 && float64(p.seen[n-1].done) >= share*float64(p.seen[n-1].total)
		p.mu.Unlock()
		if there {
			return
		}
		select {
		case <-p.done:
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// wait returns the exit status and what was said on standard error.
func (p *process) wait(t *testing.T) (status int, errs string) {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(3 * time.Minute):
		t.Fatalf("%v does not end", p.cmd.Args)
	}
	return p.cmd.ProcessState.ExitCode(), p.errs.String()
}

// sweepArgs runs the sweep of killFiles into DIR/db/r.db, with reports in DIR/out.
func sweepArgs(more ...string) []string {
	return append([]string{"sweep", "s.yaml", "--db", "db/r.db", "--out", "out"}, more...)
}

func database(dir string) string { return filepath.Join(dir, "db", "r.db") }

// finish runs the sweep to its end and returns a dump of what is stored; the database has to be a single file then.
func finish(t *testing.T, dir string, args ...string) string {
	t.Helper()
	if status, errs := start(t, dir, args...).wait(t); status != 0 {
		t.Fatalf("%v: exit %d, %s", args, status, errs)
	}
	left, err := os.ReadDir(filepath.Join(dir, "db"))
	if err != nil || len(left) != 1 {
		t.Errorf("beside the database: %v, %v", left, err)
	}
	return dump(t, database(dir))
}

// reference holds dumps of uninterrupted sweeps, by sweep and arguments, so that tests share them.
var reference struct {
	sync.Mutex
	dumps map[string]string
}

// uninterrupted returns a dump of a sweep that nothing happened to.
func uninterrupted(t *testing.T, sweep string, args ...string) string {
	t.Helper()
	reference.Lock()
	defer reference.Unlock()
	key := sweep + "\x00" + strings.Join(args, " ")
	if reference.dumps == nil {
		reference.dumps = map[string]string{}
	}
	if _, ok := reference.dumps[key]; !ok {
		reference.dumps[key] = finish(t, killFiles(t, sweep), sweepArgs(append([]string{"--jobs", "2"}, args...)...)...)
	}
	return reference.dumps[key]
}

// dump returns all that is stored of a file's sweeps as text, to the last bit, but for ids and times.
func dump(t *testing.T, path string) string {
	t.Helper()
	s, err := results.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var b strings.Builder
	for _, q := range []string{
		"SELECT name, arch, workloads, objective, config, model_version, candidates_total, finished_at IS NULL, mode FROM sweeps ORDER BY mode, config",
		"SELECT s.mode, v.* FROM candidate v JOIN sweeps s USING (sweep_id) ORDER BY s.mode, s.config, v.idx, v.workload",
		"SELECT s.mode, c.idx, v.* FROM candidate_param v JOIN candidates c USING (candidate_id) JOIN sweeps s USING (sweep_id) ORDER BY s.mode, s.config, c.idx, v.position",
		"SELECT s.mode, c.idx, v.* FROM layer_result v JOIN candidates c USING (candidate_id) JOIN sweeps s USING (sweep_id) ORDER BY s.mode, s.config, c.idx, v.workload, v.position",
		"SELECT s.mode, c.idx, v.* FROM component_result v JOIN candidates c USING (candidate_id) JOIN sweeps s USING (sweep_id) ORDER BY s.mode, s.config, c.idx, v.workload, v.layer_position, v.position",
		"SELECT s.mode, c.idx, v.* FROM component_cost v JOIN candidates c USING (candidate_id) JOIN sweeps s USING (sweep_id) ORDER BY s.mode, s.config, c.idx, v.position, v.figure_position",
		"SELECT s.mode, c.idx, v.* FROM front v JOIN candidates c USING (candidate_id) JOIN sweeps s ON s.sweep_id = c.sweep_id ORDER BY s.mode, s.config, v.workload, v.area_mm2",
	} {
		rows, err := s.Query(context.Background(), q)
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		for _, row := range rows.Values {
			for i, x := range row {
				if name := rows.Columns[i]; !strings.HasSuffix(name, "_id") && name != "seconds" {
					fmt.Fprintf(&b, "%s=%v ", name, x)
				}
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// difference returns the first line in which two dumps differ, "" where they are equal.
func difference(got, want string) string {
	if got == want {
		return ""
	}
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d of %d and %d:\n%s\nwant\n%s", i+1, len(a), len(b), a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(a), len(b))
}

// plain opens a database as any program would, without package results.
func plain(path, options string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	return sql.Open("sqlite3", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String()+"?_busy_timeout=2000&"+options)
}

// countOutcomes returns how many outcomes (candidate and workload) others see in a file, 0 where there is none yet.
func countOutcomes(path string) (n int64, err error) {
	db, err := plain(path, "mode=ro")
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer db.Close()
	return n, db.QueryRow("SELECT count(*) FROM outcomes").Scan(&n)
}
