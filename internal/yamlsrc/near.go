package yamlsrc

import (
	"fmt"
	"strings"
)

// Meant is what a message about an unknown word adds: ", did you mean" and the candidate nearest to it, "" where none is
// near.
func Meant(word string, candidates []string) string {
	if near := Nearest(word, candidates); near != "" {
		return fmt.Sprintf(", did you mean %q", near)
	}
	return ""
}

// longest is a word that Nearest still compares: what is longer is no slip of the pen, and edits take its square.
const longest = 200

// Nearest returns the candidate closest to s in edits, "" when none is near.
func Nearest(s string, candidates []string) string {
	if len(s) > longest {
		return ""
	}
	best, at := 1+len(s)/3, ""
	for _, c := range candidates {
		if d := edits(strings.ToLower(s), strings.ToLower(c)); d < best || d == best && at == "" {
			best, at = d, c
		}
	}
	return at
}

// edits is the Levenshtein distance with transposed neighbours.
func edits(a, b string) int {
	prev2, prev := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		cur := make([]int, len(b)+1)
		cur[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			cur[j+1] = min(prev[j]+cost, prev[j+1]+1, cur[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				cur[j+1] = min(cur[j+1], prev2[j-1]+1)
			}
		}
		prev2, prev = prev, cur
	}
	return prev[len(b)]
}
