package external

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tcmdse/hwmodel/estimate"
)

// TestMain lets the test binary play the estimator: what it does is named by its first argument.
func TestMain(m *testing.M) {
	if os.Getenv("TCMDSE_TEST_ESTIMATOR") == "" {
		os.Exit(m.Run())
	}
	query, _ := io.ReadAll(os.Stdin)
	if log := os.Getenv("TCMDSE_TEST_LOG"); log != "" {
		f, _ := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		dir, _ := os.Getwd()
		fmt.Fprintln(f, dir)
		f.Close()
	}
	os.WriteFile("scratch", query, 0o644)
	switch os.Args[1] {
	case "good":
		if !strings.Contains(string(query), `"tcmdse_estimator":1`) || !strings.Contains(string(query), `"size_bits":8192`) {
			fmt.Println(`{"error": "wrong query"}`)
			return
		}
		time.Sleep(20 * time.Millisecond)
		fmt.Println(`{"figures": [{"field": "area", "value": 1e-9, "source": "s", "error_p95": 0.1, "note": "n"}, {"field": "leakage", "value": 0, "source": "s", "note": "none"}], "warnings": ["w"]}`)
	case "unsupported":
		fmt.Println(`{"unsupported": "not mine"}`)
	case "exit":
		fmt.Fprintln(os.Stderr, "first\nthe reason")
		os.Exit(3)
	case "huge":
		fmt.Println(strings.Repeat("x", 2<<20))
	case "hang": // a grandchild keeps the pipes open
		child := exec.Command("sleep", "600")
		child.Stdout = os.Stdout
		child.Start()
		os.WriteFile(os.Getenv("TCMDSE_TEST_LOG")+".pid", fmt.Append(nil, child.Process.Pid), 0o644)
		time.Sleep(time.Hour)
	default:
		fmt.Println(os.Args[1])
	}
	os.Exit(0)
}

func command(t *testing.T, what string) (*Command, string) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log")
	t.Setenv("TCMDSE_TEST_ESTIMATOR", "1")
	t.Setenv("TCMDSE_TEST_LOG", log)
	c, err := New([]string{os.Args[0], what})
	if err != nil {
		t.Fatal(err)
	}
	return c, log
}

func runs(log string) []string {
	data, _ := os.ReadFile(log)
	return strings.Fields(string(data))
}

var query = estimate.Query{Model: estimate.SRAM, SizeBits: 8192, WidthBits: 8, TechnologyNM: 45}

// TestGood: figures come back with their origin; equal queries at once run the program once, in a folder of its own
// that is gone afterwards; the cache answers the next.
func TestGood(t *testing.T) {
	c, log := command(t, "good")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, err := c.Estimate(context.Background(), query)
			area, _ := got.Find(estimate.Area)
			if err != nil || area.Value != 1e-9 || area.Origin.Method != estimate.External || area.Origin.ErrorP95 != 0.1 || area.Origin.SHA256 != c.Identity() || len(got.Warnings) != 1 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	wg.Wait()
	dirs := runs(log)
	if len(dirs) != 1 {
		t.Fatalf("the program ran %d times", len(dirs))
	}
	if _, err := os.Stat(dirs[0]); err == nil || !strings.Contains(dirs[0], "tcmdse-estimator-") {
		t.Errorf("its folder %s is still there, or not its own", dirs[0])
	}
}

// TestBadAnswers: whatever else a program does is an error that says what, remembered, and asked again on demand.
func TestBadAnswers(t *testing.T) {
	for what, want := range map[string]string{
		"exit": "the reason", "huge": "more than 1048576 bytes", "": "no answer", "hello": "not an answer", `{"figures": []}`: "without figures",
		`{"figure": []}`: "unknown field", `{"error": "sorry"}`: "sorry", `{"figures": [{"field": "volume", "value": 1, "source": "s"}]}`: "volume",
		`{"figures": [{"field": "area", "value": 0, "source": "s"}]}`:                                               "no note",
		`{"figures": [{"field": "area", "value": -1, "source": "s"}]}`:                                              "no number",
		`{"figures": [{"field": "area", "source": "s"}]}`:                                                           "no number",
		`{"figures": [{"field": "area", "value": 1e999, "source": "s"}]}`:                                           "not an answer",
		`{"figures": [{"field": "area", "value": 1}]}`:                                                              "no source",
		`{"figures": [{"field": "area", "value": 1, "source": "s"}, {"field": "area", "value": 2, "source": "s"}]}`: "twice",
		`{"figures": [{"field": "read.bandwidth", "value": 0, "source": "s", "note": "n"}]}`:                        "nothing would",
		`{"unsupported": "x"} {}`: "more than one",
	} {
		c, log := command(t, what)
		_, err := c.Estimate(context.Background(), query)
		if err == nil || errors.Is(err, estimate.ErrUnsupported) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "8192") {
			t.Errorf("%q: %v, want %q and the query", what, err, want)
		}
		if _, err := c.Estimate(context.Background(), query); err == nil || !strings.Contains(err.Error(), "remembered") || len(runs(log)) != 1 {
			t.Errorf("%q again: %v after %d runs", what, err, len(runs(log)))
		}
		c.RetryFailures = true
		if _, err := c.Estimate(context.Background(), query); err == nil || len(runs(log)) != 2 {
			t.Errorf("%q retried: %v after %d runs", what, err, len(runs(log)))
		}
	}
	c, _ := command(t, "unsupported")
	if _, err := c.Estimate(context.Background(), query); !errors.Is(err, estimate.ErrUnsupported) {
		t.Errorf("unsupported: %v", err)
	}
}

// TestHang: a program that hangs is killed with its children, after the time-out or when the caller gives up.
func TestHang(t *testing.T) {
	c, log := command(t, "hang")
	c.Timeout = 300 * time.Millisecond
	start := time.Now()
	_, err := c.Estimate(context.Background(), query)
	if err == nil || !strings.Contains(err.Error(), "no answer within 300ms") || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	pid, err := os.ReadFile(log + ".pid")
	if err != nil {
		t.Fatal(err)
	}
	state, _ := os.ReadFile(filepath.Join("/proc", string(pid), "stat"))
	if len(state) > 0 && !strings.Contains(string(state), ") Z ") {
		t.Errorf("the grandchild %s lives on: %s", pid, state)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	c.Timeout, c.RetryFailures = time.Minute, true
	if _, err := c.Estimate(ctx, query); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("given up: %v", err)
	}
}

// TestIdentity: a changed script is another estimator.
func TestIdentity(t *testing.T) {
	script := filepath.Join(t.TempDir(), "s.sh")
	id := func(text string) string {
		os.WriteFile(script, []byte(text), 0o755)
		c, err := New([]string{"sh", script})
		if err != nil {
			t.Fatal(err)
		}
		return c.Identity()
	}
	if a, b := id("echo 1"), id("echo 2"); a == b || a != id("echo 1") {
		t.Error("the identity does not follow the script's text")
	}
	if _, err := New([]string{"/no/such/program"}); err == nil {
		t.Error("a program that is not there was accepted")
	}
	if _, err := New(nil); err == nil {
		t.Error("no command was accepted")
	}
}
