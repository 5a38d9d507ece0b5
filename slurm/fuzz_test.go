package slurm

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"tcmdse/internal/boundtest"
)

// FuzzPlan: a run folder's plan.json is read and can be written again, or is a mistake that names the file; its words go
// into commands.
func FuzzPlan(f *testing.F) {
	p := plan(12)
	p.Jobs = []Job{{Array: "100", Merge: "101"}, {Array: "102", Shards: ShardSet{1, 3}}}
	text, err := json.Marshal(p)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"name":"a","file":"b","shards":99999,"jobs":[{"array":"1;rm","shards":"all"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer boundtest.Cost{}.Start(t)()
		p, err := parsePlan(data, "plan.json")
		if err != nil {
			var bad *InputError
			if !errors.As(err, &bad) || bad.File == "" {
				t.Errorf("error %v of type %T", err, err)
			}
			return
		}
		for _, j := range p.Jobs {
			if !jobID(j.Array) || j.Merge != "" && !jobID(j.Merge) {
				t.Errorf("%+v", j)
			}
		}
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parsePlan(text, "plan.json"); err != nil || again.Same(p) != "" {
			t.Errorf("%s was written as %s and reads as %+v, %v", data, text, again, err)
		}
	})
}

// FuzzQueue: whatever squeue prints is what is known of the plan's jobs.
func FuzzQueue(f *testing.F) {
	f.Add("100 3 RUNNING\n100 4 PENDING\n101 N/A PENDING\n")
	f.Add("100 99999999999999999999 RUNNING\n100 -1 COMPLETING\n7 1 RUNNING\n")
	f.Fuzz(func(t *testing.T, said string) {
		p := plan(12)
		p.Jobs = []Job{{Array: "100", Merge: "101"}}
		s := &State{Plan: p, Shards: make([]Shard, 12), Counts: map[string]int{}}
		for i := range s.Shards {
			s.Shards[i] = Shard{Index: i, Phase: NotBegun}
		}
		defer boundtest.Cost{}.Start(t)()
		s.AskQueue(context.Background(), &fake{answer: map[string]string{"squeue": said}})
		n := 0
		for phase, k := range s.Counts {
			if k != 0 && phase != NotBegun && phase != Running && phase != Waiting {
				t.Errorf("%d shards are %q", k, phase)
			}
			n += k
		}
		if n != 12 || s.Queue != "" {
			t.Errorf("%v, %q", s.Counts, s.Queue)
		}
	})
}
