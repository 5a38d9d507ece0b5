// Package external asks a user's program what components cost.
//
// The program gets one query as a JSON object on standard input and prints one answer as a JSON object on standard
// output (docs/estimators.md). It runs in a working directory of its own that is removed afterwards, two of them at a
// time, and is killed with all its children when it takes too long. Equal queries are asked once; answers,
// refusals and failures are remembered under a hash of the query and of the program itself, so that a changed script
// is asked anew.
//
//	c, err := external.New([]string{"python3", "estimator.py"})
//	spec.UseExternal(func(q estimate.Query) (estimate.Cost, error) { return c.Estimate(ctx, q) })
//
// What is not understood in full is a failure: a misspelt field would cost nothing. The program is not trusted to be
// brief, and not sandboxed: it is the user's own.
//
// external.go asks and remembers, run.go runs the program within limits of time and output, answer.go checks what it
// said, group_unix.go and group_other.go end its children.
package external

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"tcmdse/hwmodel/estimate"
)

// Cache remembers answers by key. Implementations may be called from several goroutines.
type Cache interface {
	// Estimate returns what was stored under a key.
	Estimate(ctx context.Context, key string) (answer []byte, ok bool, err error)
	// PutEstimate stores an answer beside the query it belongs to.
	PutEstimate(ctx context.Context, key string, query, answer []byte) error
}

// DefaultTimeout is how long a program may take.
const DefaultTimeout = 30 * time.Second

// Command is an estimate.Estimator that runs a program. Make one with New.
type Command struct {
	Timeout       time.Duration // 0: DefaultTimeout
	RetryFailures bool          // ask again what failed earlier
	Cache         Cache         // New sets one that lasts as long as the Command

	argv     []string
	identity string
	slots    *semaphore.Weighted
	flight   singleflight.Group
}

var _ estimate.Estimator = (*Command)(nil)

// jobs is how many programs run at once.
const jobs = 2

// New makes an estimator of a command line: a program and its arguments. Files among them are part of its identity.
func New(argv []string) (*Command, error) {
	if len(argv) == 0 {
		return nil, fmt.Errorf("external: an estimator needs a command")
	}
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return nil, fmt.Errorf("external: estimator %s: %w", argv[0], err)
	}
	// The program runs elsewhere, so files among the arguments are named in full; and they are part of what it is.
	h := sha256.New()
	full := append([]string{path}, argv[1:]...)
	for i, file := range full {
		fmt.Fprintf(h, "%d %s ", len(argv[i]), argv[i])
		info, err := os.Stat(file)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if full[i], err = filepath.Abs(file); err == nil {
			err = hashFile(h, file)
		}
		if err != nil {
			return nil, fmt.Errorf("external: estimator %s: %w", argv[0], err)
		}
	}
	return &Command{argv: full, identity: hex.EncodeToString(h.Sum(nil)), slots: semaphore.NewWeighted(jobs), Cache: newMemory()}, nil
}

func hashFile(h io.Writer, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(h, f)
	return err
}

// Identity names the program and its files by their content.
func (c *Command) Identity() string { return c.identity }

// record is what is remembered of one query.
type record struct {
	Figures     []figure           `json:"figures,omitempty"`
	Warnings    []estimate.Warning `json:"warnings,omitempty"`
	Unsupported string             `json:"unsupported,omitempty"`
	Failure     string             `json:"failure,omitempty"`
}

// Estimate asks the program, or recalls what it said.
func (c *Command) Estimate(ctx context.Context, q estimate.Query) (estimate.Cost, error) {
	query, err := json.Marshal(map[string]any{"tcmdse_estimator": 1, "query": q})
	if err != nil {
		return estimate.Cost{}, fmt.Errorf("external: %w", err)
	}
	sum := sha256.Sum256(append([]byte(c.identity+"\n"), query...))
	key := hex.EncodeToString(sum[:])
	v, err, _ := c.flight.Do(key, func() (any, error) { return c.recall(ctx, key, query, q) })
	if err != nil {
		return estimate.Cost{}, err
	}
	r := v.(record)
	switch {
	case r.Failure != "":
		return estimate.Cost{}, fmt.Errorf("%s: %s (query %s)", c.argv[0], r.Failure, query)
	case r.Unsupported != "":
		return estimate.Cost{}, fmt.Errorf("%s: %s: %w", c.argv[0], r.Unsupported, estimate.ErrUnsupported)
	}
	out := estimate.Cost{Warnings: r.Warnings}
	for _, f := range r.Figures {
		o := estimate.Origin{Method: estimate.External, Source: c.argv[0] + ": " + f.Source, SHA256: c.identity, ErrorP95: f.ErrorP95, Note: f.Note}
		out.Figures = append(out.Figures, estimate.Figure{Field: f.Field, Value: *f.Value, Origin: o})
	}
	return out, nil
}

// recall looks a query up, or runs the program and remembers what came of it. The end of ctx is not remembered.
func (c *Command) recall(ctx context.Context, key string, query []byte, q estimate.Query) (record, error) {
	data, ok, err := c.Cache.Estimate(ctx, key)
	if err != nil {
		return record{}, err
	}
	var r record
	if ok && json.Unmarshal(data, &r) == nil && (r.Failure == "" || !c.RetryFailures) {
		if r.Failure != "" && !strings.HasSuffix(r.Failure, remembered) {
			r.Failure += remembered
		}
		return r, nil
	}
	if err := c.slots.Acquire(ctx, 1); err != nil {
		return record{}, err
	}
	defer c.slots.Release(1)
	out, err := c.run(ctx, query)
	switch {
	case ctx.Err() != nil:
		return record{}, ctx.Err()
	case err != nil:
		r = record{Failure: err.Error()}
	default:
		if r, err = read(out, q.Model); err != nil {
			r = record{Failure: err.Error()}
		}
	}
	if data, err = json.Marshal(r); err != nil {
		return record{}, err
	}
	return r, c.Cache.PutEstimate(ctx, key, query, data)
}

// remembered marks a failure that was not tried again.
const remembered = " (remembered from an earlier run; --estimator-retry asks again)"
