package yamlsrc

import (
	"fmt"
	"strings"
	"testing"

	"tcmdse/internal/boundtest"
)

// TestCosts: files of a few megabytes whose keys are long, deep or many cost what their length does, not its square.
func TestCosts(t *testing.T) {
	long := strings.Repeat("k", 1000)
	many := strings.Repeat("1,", 200_000) + "1"
	for name, text := range map[string]string{
		"long": "? " + strings.Repeat("k", 5_000_000) + "\n: [" + many + "]\n",
		"deep": "a: " + strings.Repeat("{"+long+": ", 400) + "[" + many + "]" + strings.Repeat("}", 400) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			defer boundtest.Cost{}.Start(t)()
			if _, err := Parse([]byte(text), "a.yaml"); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("many", func(t *testing.T) {
		var b strings.Builder
		for i := range maxKeys {
			fmt.Fprintf(&b, "key%d: %d\n", i, i)
		}
		defer boundtest.Cost{}.Start(t)()
		doc, err := Parse([]byte(b.String()), "a.yaml")
		if err != nil {
			t.Fatal(err)
		}
		root := doc.Root()
		for i, k := range root.Keys() {
			if n := root.Get(k).Int(0); n != int64(i) {
				t.Fatalf("%s is %d", k, n)
			}
		}
		const want = "a.yaml:1: a mapping of 10001 keys; allowed: at most 10000"
		if _, err := Parse([]byte(b.String()+"more: 1\n"), "a.yaml"); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	})
}
