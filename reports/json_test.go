package reports

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"tcmdse/results"
)

func TestJSON(t *testing.T) {
	d := realistic(t)
	var b bytes.Buffer
	if err := WriteJSON(&b, d); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Sweep     map[string]any
		Workloads []struct {
			Workload       string
			Candidates     int
			Status         map[string]int
			Smallest, Knee *int64
			LeastEDP       *int64 `json:"least_edp"`
			Budgets        []struct {
				Budget float64 `json:"budget_mm2"`
				Idx    int64
			} `json:"best_per_budget"`
			Axes []struct {
				Path   string
				Pairs  int
				Values []any
			}
			Front []struct {
				Idx        int64
				Area       float64 `json:"area_mm2"`
				EDP        float64 `json:"edp_js"`
				Bottleneck string
				Limits     struct {
					Compute bool
					Share   float64 `json:"bottleneck_share"`
					Energy  string  `json:"most_energy"`
				}
				Parameters map[string]struct {
					Text  string
					Value float64
				}
			}
		}
		Warnings, Notes, Question []string
		Mean                      struct {
			Workload string
			Front    []struct{ Limits any }
		}
	}
	text := b.String()
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.Mean.Workload, "geometric mean") || len(doc.Mean.Front) != len(d.Mean.Front) || doc.Mean.Front[0].Limits != nil || len(doc.Question) != 2 {
		t.Errorf("%+v, %q", doc.Mean, doc.Question)
	}
	if x := doc.Workloads[1]; len(x.Axes) != 4 || x.Axes[2].Path != "GLB.size" || len(x.Axes[2].Values) != 3 || x.Axes[2].Pairs != 48 || len(x.Budgets) != 4 || x.Budgets[0].Budget != 2 || x.Budgets[0].Idx != 15 ||
		!x.Front[0].Limits.Compute || x.Front[0].Limits.Share != 1 || x.Front[0].Limits.Energy != "MAC" {
		t.Errorf("%+v", x)
	}
	w := &d.Workloads[1]
	got := doc.Workloads[1]
	if doc.Sweep["name"] != "buffers" || doc.Sweep["finished_at"] != "2001-09-09T01:47:40Z" || doc.Sweep["tool_version"] != "test" || len(doc.Workloads) != 2 {
		t.Errorf("%+v", doc.Sweep)
	}
	if got.Workload != "netB" || got.Candidates != 108 || got.Status["ok"] != 75 || got.Status["infeasible"]+got.Status["over_budget"] != 33 || got.Status["skipped"] != 0 || len(got.Front) != 9 {
		t.Errorf("%+v", got)
	}
	for k, at := range w.Front {
		c, x := &w.Candidates[at], got.Front[k]
		if x.Idx != c.Index || x.Area != c.AreaMM2 || x.EDP != c.EDPJs || x.Bottleneck == "" || x.Parameters["GLB.size"].Text != c.Params[2].Text || x.Parameters["GLB.size"].Value != c.Params[2].Value {
			t.Errorf("design %d: %+v, want %+v", k, x, c)
		}
	}
	if *got.Smallest != got.Front[0].Idx || *got.LeastEDP != got.Front[8].Idx || *got.Knee != w.Candidates[w.Front[w.knee()]].Index {
		t.Errorf("%v %v %v", *got.Smallest, *got.Knee, *got.LeastEDP)
	}
	if !strings.Contains(text, `"warnings": [],`) || !strings.Contains(text, `"notes": []`) || !strings.Contains(text, `"overrides": [],`) || !strings.Contains(text, `"seed": null`) {
		t.Errorf("lists without entries are not empty lists: %s", text[len(text)-300:])
	}
}

// TestJSONEdges: nothing on the front, an unfinished sweep, and figures that JSON has no notation for.
func TestJSONEdges(t *testing.T) {
	none := built(2, func(i int, c *results.CandidateRow) { c.Status, c.OnFront = results.Infeasible, false })
	none.Sweep.FinishedAt = time.Time{}
	odd := built(1, func(i int, c *results.CandidateRow) {
		c.LatencyS, c.Params = math.Inf(1), []results.Param{{Path: "L2.size", Value: math.Inf(1), Text: "unlimited"}}
	})
	for _, c := range []struct {
		d    *Data
		want []string
	}{
		{none, []string{`"front": []`, `"knee": null`, `"smallest": null`, `"finished_at": null`, "The sweep is not finished"}},
		{odd, []string{`"latency_s": null`, `"text": "unlimited",`, `"value": null`, `"least_edp": 0`}},
	} {
		var b bytes.Buffer
		if err := WriteJSON(&b, c.d); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("no %s in %s", want, b.String())
			}
		}
	}
}
