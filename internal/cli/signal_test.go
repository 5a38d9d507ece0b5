package cli

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSignals: SIGINT and SIGTERM end a sweep with status 130, everything that it said was done is in the file, which is
// a single one, and the same command goes on to what an uninterrupted sweep stores.
func TestSignals(t *testing.T) {
	for _, c := range []struct {
		signal syscall.Signal
		args   []string
	}{
		{syscall.SIGINT, nil},
		{syscall.SIGTERM, []string{"--front-only"}},
	} {
		want := uninterrupted(t, killSweep, c.args...)
		dir := killFiles(t, killSweep)
		p := start(t, dir, sweepArgs(c.args...)...)
		p.until(0.2)
		p.cmd.Process.Signal(c.signal)
		status, errs := p.wait(t)
		said := regexp.MustCompile(`interrupted: (\d+) of (\d+) candidates are stored; run the same command to go on`).FindStringSubmatch(errs)
		if status != 130 || said == nil {
			t.Fatalf("%v: exit %d, %s", c.signal, status, errs)
		}
		left, err := os.ReadDir(filepath.Join(dir, "db"))
		if err != nil || len(left) != 1 {
			t.Errorf("%v: beside the database: %v, %v", c.signal, left, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "out", "report.xlsx")); err == nil {
			t.Errorf("%v: reports of half a sweep", c.signal)
		}
		outcomes, _ := inspect(t, dir)
		if told := p.seen[len(p.seen)-1].done; fmt.Sprint(outcomes/killWorkloads) != said[1] || outcomes < told*killWorkloads || said[1] == said[2] {
			t.Errorf("%v: %d outcomes stored, %d candidates were told done, and in the end %s of %s", c.signal, outcomes, told, said[1], said[2])
		}
		if d := difference(finish(t, dir, sweepArgs(c.args...)...), want); d != "" {
			t.Errorf("%v: gone on after the signal: %s", c.signal, d)
		}
		_, out, _ := call(t, "query", database(dir), "SELECT group_concat(outcome) FROM (SELECT outcome FROM runs ORDER BY run_id)", "--format", "csv")
		if !strings.Contains(out, "interrupted,finished") {
			t.Errorf("%v: runs are told as %s", c.signal, out)
		}
	}
}

// TestEarlySignal: a sweep that is told to end while it still counts its candidates says so, and leaves nothing.
func TestEarlySignal(t *testing.T) {
	sweep := strings.NewReplacer("axes:\n", "axes:\n  - {path: D.area, linspace: {from: 1mm2, to: 2mm2, count: 5001}}\n").Replace(killSweep)
	dir := killFiles(t, sweep)
	p := start(t, dir, sweepArgs("--quiet")...)                  // 600,000 candidates
	for said := false; !said; time.Sleep(5 * time.Millisecond) { // its warnings come when it listens to signals, before it counts
		p.mu.Lock()
		said = strings.Contains(p.errs.String(), "warning:")
		p.mu.Unlock()
		select {
		case <-p.done:
			said = true
		default:
		}
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	status, errs := p.wait(t)
	if status != 130 || !strings.Contains(errs, "nothing was begun") {
		t.Errorf("exit %d: %s", status, errs)
	}
	if _, err := os.Stat(filepath.Join(dir, "db")); err == nil {
		t.Error("a database of nothing was left")
	}
}

// TestReportSignal: CSV files of a large sweep take long; a report that is told to end meanwhile leaves no part of one behind.
func TestReportSignal(t *testing.T) {
	binary(t) // before the folder is this test's
	files(t, map[string]string{"s.yaml": smallSweep, "net.yaml": smallNet})
	if status, _, errs := call(t, "sweep", "s.yaml", "--quiet"); status != 0 {
		t.Fatal(errs)
	}
	const path = "tcmdse-out/results.db"
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	const many = "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) INSERT INTO "
	for _, q := range []string{
		many + `candidates (candidate_id, sweep_id, key, idx, arch, arch_yaml, area_mm2) SELECT i, sweep_id, 'k' || i, i, arch, arch_yaml, area_mm2
			FROM n, (SELECT * FROM candidates LIMIT 1)`,
		many + `outcomes (candidate_id, workload, status, reason, energy_j, latency_s, edp_js, sweep_id, area_mm2, idx) SELECT i, workload, status, reason, energy_j, latency_s, edp_js,
			sweep_id, area_mm2, i FROM n, (SELECT * FROM outcomes WHERE status = 'ok' LIMIT 1)`,
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	db.Close()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, dir, "report", path, "--csv", "csv")
	for began := false; !began; time.Sleep(time.Millisecond) {
		unfinished, _ := filepath.Glob("csv/.tcmdse-*")
		began = len(unfinished) > 0
		select {
		case <-p.done:
			t.Fatal("ended before it could be told to")
		default:
		}
	}
	p.cmd.Process.Signal(syscall.SIGINT)
	status, errs := p.wait(t)
	if status != 130 || !strings.Contains(errs, "interrupted: files of csv") {
		t.Errorf("exit %d: %s", status, errs)
	}
	left, err := filepath.Glob("csv/.*")
	if err != nil || len(left) > 0 {
		t.Errorf("parts of files: %v, %v", left, err)
	}
}
