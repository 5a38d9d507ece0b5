package slurm

import (
	"context"
	"errors"
	"strconv"
	"strings"
)

// queue is what squeue knows of a run.
type queue struct {
	elements map[int]string // shard to Running or Waiting
	arrays   []string       // jobs with such elements, in the plan's order
	merges   []string       // merges that wait or run
	merge    string         // Running, Waiting or ""
}

// askQueue asks squeue about the jobs of a plan. Jobs that it has forgotten are none.
func askQueue(ctx context.Context, run Commander, p *Plan) (*queue, error) {
	q := &queue{elements: map[int]string{}}
	merges, arrays := map[string]bool{}, map[string]bool{}
	var ids []string
	for _, j := range p.Jobs {
		arrays[j.Array] = true
		ids = append(ids, j.Array)
		if j.Merge != "" {
			merges[j.Merge] = true
			ids = append(ids, j.Merge)
		}
	}
	if len(ids) == 0 {
		return q, nil
	}
	out, err := run.Run(ctx, "squeue", "--noheader", "--array", "--jobs="+strings.Join(ids, ","), "--format=%F %K %T")
	if c := (*CommandError)(nil); errors.As(err, &c) && strings.Contains(c.Said, "Invalid job id") {
		return q, nil // of a single job, when it is forgotten
	}
	if err != nil {
		return nil, err
	}
	live := map[string]bool{}
	for _, line := range strings.Split(out, "\n") {
		f := strings.Fields(line)
		if len(f) < 3 {
			continue
		}
		phase := phaseOf(f[2])
		if phase == "" {
			continue
		}
		live[f[0]] = true
		if merges[f[0]] {
			q.merge = busier(q.merge, phase)
		} else if i, err := strconv.Atoi(f[1]); err == nil && arrays[f[0]] {
			q.elements[i] = busier(q.elements[i], phase)
		}
	}
	for _, j := range p.Jobs {
		if live[j.Array] {
			q.arrays = append(q.arrays, j.Array)
		}
		if live[j.Merge] {
			q.merges = append(q.merges, j.Merge)
		}
	}
	return q, nil
}

// phaseOf tells what one of Slurm's job states means; "" where the job is over.
func phaseOf(state string) string {
	switch state {
	case "RUNNING", "COMPLETING", "CONFIGURING", "STAGE_OUT", "SIGNALING", "RESIZING", "STOPPED", "SUSPENDED":
		return Running
	case "PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD":
		return Waiting
	}
	return ""
}

func busier(a, b string) string {
	if a == Running {
		return a
	}
	return b
}

// AskQueue adds to a state what squeue knows: which shards wait and run. Where it cannot be asked, State.Queue says why, and
// that is no error.
func (s *State) AskQueue(ctx context.Context, run Commander) {
	if s.Plan == nil {
		s.Queue = "the run has no plan.json"
		return
	}
	q, err := askQueue(ctx, run, s.Plan)
	if err != nil {
		s.Queue = err.Error()
		return
	}
	s.apply(q)
}

func (s *State) apply(q *queue) {
	s.Merge = q.merge
	for i := range s.Shards {
		d := &s.Shards[i]
		phase := q.elements[d.Index]
		switch {
		case d.Phase == Finished:
		case phase != "":
			d.Phase = phase
		case d.Phase == Begun:
			d.Phase = Stopped
		}
	}
	s.count()
}
