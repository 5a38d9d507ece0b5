package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tcmdse/hwmodel"
	"tcmdse/hwmodel/estimate"
	"tcmdse/hwmodel/external"
	"tcmdse/results"
)

// estimator is the flags that name an external estimator.
type estimator struct {
	command string
	timeout time.Duration
	retry   bool
	cache   string // database that keeps answers; a sweep's own
	store   *results.Store
	program *external.Command
}

func (x *estimator) flags(cmd *cobra.Command, cache bool) {
	f := cmd.Flags()
	f.StringVar(&x.command, "estimator", "", "program and arguments that answer what components with a model cost, before the embedded tables (docs/estimators.md)")
	f.DurationVar(&x.timeout, "estimator-timeout", external.DefaultTimeout, "how long one answer may take")
	f.BoolVar(&x.retry, "estimator-retry", false, "ask again what the estimator failed to answer earlier")
	if cache {
		f.StringVar(&x.cache, "estimator-cache", "", "results database that remembers its answers (default: none)")
	}
}

// use has an architecture's costs asked of the estimator; nothing without --estimator. A cache given is used instead
// of --estimator-cache. Call close in the end.
func (x *estimator) use(ctx context.Context, spec *hwmodel.Spec, cache external.Cache) error {
	if x.command == "" {
		return nil
	}
	if x.timeout <= 0 {
		return usageError{fmt.Errorf("--estimator-timeout has to be above 0")}
	}
	program, err := external.New(strings.Fields(x.command))
	if err != nil {
		return usageError{err}
	}
	program.Timeout, program.RetryFailures = x.timeout, x.retry
	if cache == nil && x.cache != "" {
		if x.store, err = results.Open(x.cache); err != nil {
			return err
		}
		cache = x.store
	}
	if cache != nil {
		program.Cache = cache
	}
	x.program = program
	spec.UseExternal(func(q estimate.Query) (estimate.Cost, error) { return program.Estimate(ctx, q) })
	return nil
}

// close closes the database of --estimator-cache.
func (x *estimator) close() {
	if x.store != nil {
		x.store.Close()
	}
}

// describe names the estimator for what is stored beside results.
func (x *estimator) describe() string {
	if x.program == nil {
		return ""
	}
	return fmt.Sprintf("%s (sha256 of program and files %s)", x.command, x.program.Identity())
}
