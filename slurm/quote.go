package slurm

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ShellWord writes a word so that bash reads back exactly it.
func ShellWord(s string) string {
	plain := s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./,:+@%", r))
	})
	if plain {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// directive is a line that sbatch reads. It knows quotes and backslashes, as a shell does, and expands nothing.
func directive(option, value string) string {
	if ShellWord(value) != value {
		value = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
	}
	return "#SBATCH --" + option + "=" + value + "\n"
}

// ArrayList writes shards as --array takes them: 3,17,40-43, and %K where at most K may run at once.
func ArrayList(shards []int, maxRunning int) string {
	list := slices.Compact(slices.Sorted(slices.Values(shards)))
	var words []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		switch {
		case j == i:
			words = append(words, strconv.Itoa(list[i]))
		default:
			words = append(words, fmt.Sprintf("%d-%d", list[i], list[j]))
		}
		i = j + 1
	}
	text := strings.Join(words, ",")
	if maxRunning > 0 {
		text += fmt.Sprintf("%%%d", maxRunning)
	}
	return text
}

// all lists the shards of a run.
func all(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
