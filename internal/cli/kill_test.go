package cli

import (
	"errors"
	"flag"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	kills     = flag.Int("kills", 4, "how many times TestKill kills a sweep")
	killsSeed = flag.Uint64("kills.seed", 1, "seed of TestKill")
)

// mostLost is how old what a kill loses may be: a second and a quarter by the writer's clock (dse/write.go), and what a
// loaded machine adds.
const mostLost = 2 * time.Second

// longKills is from how many kills on the sweep is three times as large, with candidates that differ in area alone.
const longKills = 20

// TestKill kills sweeps at random moments, some files several times. What others saw in the file stays, what the tool
// said was done is there but for the last moment, the file is sound, and the last run makes it equal to that of a sweep
// that nobody killed.
func TestKill(t *testing.T) {
	r := rand.New(rand.NewPCG(*killsSeed, 1))
	sweep := killSweep
	if *kills >= longKills {
		sweep = strings.NewReplacer("[2, 5]", "[2, 4, 5]", "axes:\n", "axes:\n  - {path: D.area, values: [1mm2, 1.1mm2]}\n").Replace(sweep)
	}
	modes := [][]string{nil, {"--front-only"}}
	want := []string{uninterrupted(t, sweep), uninterrupted(t, sweep, "--front-only")}
	var all killed
	for file := 0; len(all.found) < *kills; file++ {
		mode := modes[file%len(modes)]
		dir := killFiles(t, sweep)
		for range min(2+r.IntN(4), max(2, *kills/4), *kills-len(all.found)) {
			jobs := []string{"1", "2", "4"}[r.IntN(3)]
			share, delay := 0.8*r.Float64(), 0.25*r.Float64()
			if r.IntN(6) == 0 { // before anything is done: while files are read, made or opened
				share = 0
			}
			whole := all.kill(t, dir, share, time.Duration(delay*float64(time.Second)), r.IntN(3) > 0, sweepArgs(append([]string{"--jobs", jobs}, mode...)...)...)
			if whole {
				break
			}
		}
		if d := difference(finish(t, dir, sweepArgs(mode...)...), want[file%len(modes)]); d != "" {
			t.Fatalf("file %d, %v: after the kills %s", file, mode, d)
		}
		all.checkRuns(t, dir)
	}
	all.report(t)
}

// killed counts what kills did.
type killed struct {
	lost     []time.Duration // by kill while candidates were mapped: the age of the oldest progress that was told and is not in the file
	found    []int64         // by kill: outcomes in the file
	outcomes int64           // told and lost, all kills
	partly   int             // kills with some outcomes stored and not all
	early    int             // runs that ended before they were killed
	onFile   int             // kills of the present file after it had a run
}

// kill starts a run, kills it some time after it said that a share of its candidates is done, and checks the file,
// which others read meanwhile if watched. It tells whether all candidates were stored.
func (k *killed) kill(t *testing.T, dir string, share float64, delay time.Duration, watched bool, args ...string) (whole bool) {
	t.Helper()
	p := start(t, dir, args...)
	stop, saw := make(chan struct{}), make(chan int64)
	go func() {
		most := int64(0)
		for {
			select {
			case <-stop:
				saw <- most
				return
			case <-time.After(50 * time.Millisecond):
				if !watched {
					continue
				}
				if n, err := countOutcomes(database(dir)); err == nil { // before there are tables it is an error
					if n < most {
						t.Errorf("%d outcomes after %d", n, most)
					}
					most = n
				}
			}
		}
	}()
	if share > 0 {
		p.until(share)
	}
	select {
	case <-time.After(delay):
	case <-p.done:
	}
	at := time.Now()
	p.cmd.Process.Signal(syscall.SIGKILL)
	status, errs := p.wait(t)
	close(stop)
	most := <-saw
	if p.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		if status != 0 {
			t.Fatalf("%v: exit %d, %s", args, status, errs)
		}
		k.early++
		return true
	}
	n, runs := inspect(t, dir)
	if n < most {
		t.Errorf("%d outcomes after a kill, %d were seen in the file before", n, most)
	}
	var lost time.Duration
	told := int64(0)
	for _, s := range p.seen {
		if told = s.done * killWorkloads; told > n {
			lost = at.Sub(s.at)
			break
		}
	}
	if len(p.seen) > 0 {
		told = p.seen[len(p.seen)-1].done * killWorkloads
	}
	if lost > mostLost {
		t.Errorf("%d outcomes after a kill, %d were told before; the oldest that are missing were told %v before the kill", n, told, lost)
	}
	k.found, k.outcomes, k.onFile = append(k.found, n), k.outcomes+max(0, told-n), runs
	whole = len(p.seen) > 0 && n == p.seen[0].total*killWorkloads
	if told > 0 && !whole {
		k.lost = append(k.lost, lost)
	}
	if n > 0 && !whole {
		k.partly++
	}
	return whole
}

// report logs what the kills did, and demands of many that they hit what they are meant to hit. A few may not: what a
// fast machine maps within a second is stored at once.
func (k *killed) report(t *testing.T) {
	t.Helper()
	slices.Sort(k.lost)
	slices.Sort(k.found)
	t.Logf("%d kills, %d of them with some candidates stored and not all; %d runs ended before theirs; outcomes in the file at the kill %v", len(k.found), k.partly, k.early, k.found)
	if n := len(k.lost); n > 0 {
		t.Logf("%d kills while candidates were mapped: lost at most the last %v, median %v, in all %d outcomes that had been told", n, k.lost[n-1], k.lost[n/2], k.outcomes)
	}
	if *kills >= longKills && k.partly < *kills/5 {
		t.Error("too few kills hit a sweep that had stored some candidates and not all")
	}
}

// inspect opens a copy of the file as the kill left it, checks that it is sound and returns how many outcomes and runs
// it has. The original stays as it is, for the next run to recover.
func inspect(t *testing.T, dir string) (outcomes int64, runs int) {
	t.Helper()
	to := filepath.Join(t.TempDir(), "r.db")
	for _, end := range []string{"", "-wal", "-journal"} {
		data, err := os.ReadFile(database(dir) + end)
		if err == nil {
			err = os.WriteFile(to+end, data, 0o644)
		} else if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	db, err := plain(to, "")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, 0
	}
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var sound string
	var dangling, version int
	if err := db.QueryRow("SELECT (SELECT group_concat(integrity_check) FROM pragma_integrity_check), (SELECT count(*) FROM pragma_foreign_key_check), (SELECT user_version FROM pragma_user_version)").
		Scan(&sound, &dangling, &version); err != nil || sound != "ok" || dangling != 0 {
		t.Fatalf("integrity %s, %d references to nothing, %v", sound, dangling, err)
	}
	if version < 3 { // killed while the tables were made
		return 0, 0
	}
	var half int
	if err := db.QueryRow(`SELECT (SELECT count(*) FROM outcomes), (SELECT count(*) FROM runs),
		(SELECT count(*) FROM outcomes o WHERE (o.status = 'ok') * ?1 <> (SELECT count(*) FROM layers l WHERE l.outcome_id = o.outcome_id))
		+ (SELECT count(*) FROM candidates c WHERE NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.candidate_id = c.candidate_id))
		+ (SELECT count(*) FROM candidates c JOIN sweeps s USING (sweep_id) WHERE s.mode = 'all' AND (SELECT count(*) FROM outcomes o WHERE o.candidate_id = c.candidate_id) <> ?2)`, killLayers, killWorkloads).
		Scan(&outcomes, &runs, &half); err != nil || half != 0 {
		t.Fatalf("%d candidates or outcomes are in the file in part, %v", half, err)
	}
	return outcomes, runs
}

// checkRuns: the file tells which of its runs were killed, and that the last one finished.
func (k *killed) checkRuns(t *testing.T, dir string) {
	t.Helper()
	db, err := plain(database(dir), "mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var how string
	if err := db.QueryRow("SELECT group_concat(outcome || CASE WHEN ended_at IS NULL THEN 'killed' ELSE '' END) FROM (SELECT * FROM runs ORDER BY run_id)").Scan(&how); err != nil {
		t.Fatal(err)
	}
	list := strings.Split(how, ",")
	if list[len(list)-1] != "finished" || len(list) < k.onFile+1 || slices.ContainsFunc(list, func(s string) bool { return s != "killed" && s != "finished" }) {
		t.Errorf("runs are told as %s after %d", how, k.onFile)
	}
	k.onFile = 0
}
