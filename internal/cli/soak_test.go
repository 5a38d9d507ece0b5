package cli

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	soak     = flag.Int("soak", 4, "how many sweeps TestSoak brings to their end")
	soakSeed = flag.Uint64("soak.seed", 1, "seed of TestSoak")
)

// soakSweep has 12 candidates: mapped ones, one that nothing fits and ones over the budget.
const soakSweep = `
name: soak
arch: a.yaml
workloads: [one.yaml, two.yaml]
axes:
  - {path: P.x, values: [2, 4]}
  - {zip: [{path: G.size, values: [3b, 256B, 4KiB]}, {path: G.area, values: [0.1mm2, 0.3mm2, 1mm2]}]}
  - {zip: [{path: R.size, values: [16B, 64B]}, {path: R.area, values: [0.01mm2, 0.03mm2]}]}
budget: {area: 2.2mm2}
`

// TestSoak: sweeps that are killed, told to end as a scheduler does (SIGTERM, then SIGKILL), and left without room for
// their files, in any order and as often as it comes, end equal to one that nothing happened to, to the last bit.
func TestSoak(t *testing.T) {
	r := rand.New(rand.NewPCG(*soakSeed, 7))
	modes := [][]string{nil, {"--front-only"}}
	want := []string{uninterrupted(t, soakSweep), uninterrupted(t, soakSweep, "--front-only")}
	var longest time.Duration // of a whole run, so that what happens to one does so at any moment of it
	for range 2 {
		began := time.Now()
		finish(t, killFiles(t, soakSweep), sweepArgs()...)
		longest = max(longest, time.Since(began))
	}
	happened := map[string]int{}
	for file := range *soak {
		dir := killFiles(t, soakSweep)
		mode := modes[file%len(modes)]
		for range 1 + r.IntN(4) {
			args := sweepArgs(append([]string{"--quiet", "--jobs", fmt.Sprint(1 + r.IntN(3))}, mode...)...)
			at := time.Duration(r.Float64() * float64(longest))
			switch what := r.IntN(3); what {
			case 0:
				happened[soakRun(t, dir, 0, at, -1, args)]++
			case 1:
				patience := []int{60, 3000}[r.IntN(2)] // a scheduler that hardly waits, and one that does
				happened[soakRun(t, dir, 0, at, time.Duration(r.IntN(patience))*time.Millisecond, args)]++
			default:
				happened[soakRun(t, dir, 16+r.IntN(640), -1, -1, args)]++
			}
			inspect(t, dir)
		}
		if d := difference(finish(t, dir, sweepArgs(mode...)...), want[file%len(modes)]); d != "" {
			t.Fatalf("file %d, %v: %s", file, mode, d)
		}
	}
	t.Logf("%d sweeps ended equal; runs before that: %v", *soak, happened)
	for _, what := range []string{"killed", "told to end", "no room"} {
		if *soak >= 100 && happened[what] < *soak/10 {
			t.Errorf("%q only %d times", what, happened[what])
		}
	}
}

// soakRun runs the sweep with files of at most room blocks of 512 bytes (0: any), sends SIGKILL after a time, or SIGTERM and
// SIGKILL that much later (-1: never), and tells how the run ended.
func soakRun(t *testing.T, dir string, room int, after, then time.Duration, args []string) string {
	t.Helper()
	limit := "unlimited"
	if room > 0 {
		limit = fmt.Sprint(room)
	}
	cmd := exec.Command("sh", "-c", `ulimit -f `+limit+` && exec "$0" "$@"`, binary(t))
	cmd.Args, cmd.Dir = append(cmd.Args, args...), dir
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	pause := func(d time.Duration) {
		select {
		case <-time.After(d):
		case <-ended:
		case <-time.After(time.Minute):
			t.Errorf("%s: still runs after a minute", filepath.Base(dir))
		}
	}
	if after >= 0 {
		pause(after)
		if then >= 0 {
			cmd.Process.Signal(syscall.SIGTERM)
			pause(then)
		}
		cmd.Process.Kill()
	}
	select {
	case <-ended:
	case <-time.After(time.Minute):
		cmd.Process.Kill()
		<-ended
		t.Fatalf("a run of %v does not end", args)
	}
	state := cmd.ProcessState
	switch status := state.ExitCode(); {
	case state.Sys().(syscall.WaitStatus).Signaled():
		return "killed"
	case status == 130:
		return "told to end"
	case status == 0:
		return "ended"
	case status == 1 && (strings.Contains(out.String(), "no room left") || strings.Contains(out.String(), "file too large")): // of the database, of a report
		return "no room"
	default:
		t.Fatalf("exit %d: %s", status, out.String())
		return ""
	}
}
