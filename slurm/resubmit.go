package slurm

import "context"

// Missing is what a resubmission would submit.
type Missing struct {
	Plan   *Plan
	Shards []int    // not finished, not waiting, not running
	Busy   int      // shards that wait or run
	Merge  bool     // a merge waits or runs
	After  []string // jobs that wait or run: the next merge is to run after them
	State  *State
}

// FindMissing tells which shards of a run have no finished snapshot and neither wait nor run. squeue has to answer: without it
// shards that run would be submitted a second time.
func FindMissing(ctx context.Context, cmd Commander, run string) (*Missing, error) {
	s, err := ReadState(ctx, run)
	if err != nil {
		return nil, err
	}
	if s.Plan == nil {
		return nil, &InputError{File: planPath(run), Msg: "no such file; only a run of tcmdse slurm can be resubmitted"}
	}
	q, err := askQueue(ctx, cmd, s.Plan)
	if err != nil {
		return nil, err
	}
	s.apply(q)
	m := &Missing{Plan: s.Plan, State: s, After: append(append([]string{}, q.arrays...), q.merges...), Merge: q.merge != ""}
	for i := range s.Shards {
		switch s.Shards[i].Phase {
		case Finished:
		case Running, Waiting:
			m.Busy++
		default:
			m.Shards = append(m.Shards, i)
		}
	}
	return m, nil
}
