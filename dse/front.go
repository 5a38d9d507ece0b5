package dse

import (
	"context"

	"tcmdse/results"
)

func (r *runner) frontOnly(ctx context.Context, done *results.Keys) error { return nil }
