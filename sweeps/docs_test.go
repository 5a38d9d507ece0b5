package sweeps

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocs reads every example of docs/sweeps.md, counts its candidates as its first line says, and builds the first
// and the included ones.
func TestDocs(t *testing.T) {
	doc, err := os.ReadFile("../docs/sweeps.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(doc), -1)
	forms := []string{"values:", "range:", "pow2:", "linspace:", "logspace:", "zip:", "same:", "derive:", "set:", "where:", "exclude:", "include:", "random,", "sobol,", "lhs,", "area:", "max_candidates:", "layers:"}
	all := ""
	for _, b := range blocks {
		text := b[1]
		all += text
		var want int64
		if _, err := fmt.Sscanf(text, "# %d candidates", &want); err != nil {
			t.Errorf("no count in\n%s", text)
			continue
		}
		if !strings.Contains(text, "\narch:") {
			text = "name: example\narch: eyeriss\nworkloads: [resnet18]\n" + text
		}
		s, err := Parse([]byte(text), "docs.yaml", ".", nil)
		if err != nil {
			t.Errorf("%v in\n%s", err, text)
			continue
		}
		n, err := s.Count(context.Background())
		if err != nil || n.Candidates != want || len(s.Warnings)+len(n.Warnings) > 0 {
			t.Errorf("%+v %q %v, want %d of\n%s", n, s.Warnings, err, want, text)
		}
		if got, err := points(t, s); err != nil || int64(len(got)) != want {
			t.Errorf("%d candidates, %v, of\n%s", len(got), err, text)
		}
	}
	for _, f := range forms {
		if !strings.Contains(all, f) {
			t.Errorf("no example of %s", f)
		}
	}
}
