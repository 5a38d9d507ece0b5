package main

import (
	"os"
	"strings"
	"testing"
)

// The energy, time and loop nest are those of `tcmdse map --arch edge --workload resnet18 --layer l1`.
func Example() {
	main()
	// Output:
	// 0.000148 J, 0.0009032 s, proved: true
	// DRAM keeps I W O
	// GLB keeps W
	// for p in 2
	//   for q in 2
	//     GLB keeps O
	//     par PE.x: c in 4
	//       par PE.x: m in 4
	//         par PE.y: c in 16
	//           RF keeps W I
	//           for p in 28
	//             for m in 16
	//               for q in 28
	//                 for r in 3
	//                   for s in 3
	//                     MAC
}

// TestREADME: the program that README shows is this one, without its imports.
func TestREADME(t *testing.T) {
	program, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(program), "func main() {\n")
	if !strings.Contains(string(readme), "```go\n"+strings.TrimSuffix(unindent(body), "}\n")+"```\n") {
		t.Errorf("README does not show the body of main:\n%s", unindent(body))
	}
}

func unindent(text string) string {
	return strings.TrimPrefix(strings.ReplaceAll("\n"+text, "\n\t", "\n"), "\n")
}
