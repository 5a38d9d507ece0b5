package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// tutorialTimes are what differs from machine to machine: how long something took or will take.
var tutorialTimes = regexp.MustCompile(`\b(in|about) [0-9.]+ (ms|s|min|h)\b`)

// tutorialBuild is what a picture says of the program and the day.
var tutorialBuild = regexp.MustCompile(`tcmdse [^<]*, \d{4}-\d\d-\d\d<`)

// TestTutorial follows docs/tutorial.md as a reader does: it writes the files shown, gives the commands to bash, and
// compares every line printed. A line of … stands for any lines. It takes two minutes, so it runs with TCMDSE_TUTORIAL=1;
// TCMDSE_TUTORIAL=update writes what the commands print into the page, but for blocks with … in them.
func TestTutorial(t *testing.T) {
	mode := os.Getenv("TCMDSE_TUTORIAL")
	if mode == "" {
		t.Skip("TCMDSE_TUTORIAL=1 follows the tutorial")
	}
	page, err := filepath.Abs("../../docs/tutorial.md")
	if err != nil {
		t.Fatal(err)
	}
	if n := follow(t, page, mode == "update"); n < 10 {
		t.Errorf("only %d commands", n)
	}
	picture, err := os.ReadFile("front.svg")
	if err != nil {
		t.Fatal(err)
	}
	picture = tutorialBuild.ReplaceAll(picture, []byte("tcmdse<")) // the version and the day of the sweep
	shown := filepath.Join(filepath.Dir(page), "tutorial.svg")
	if mode == "update" {
		if err := os.WriteFile(shown, picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(string(picture), "tcmdse<") {
		t.Error("the picture does not say when it was made")
	}
	if old, err := os.ReadFile(shown); err != nil || string(old) != string(picture) {
		t.Errorf("docs/tutorial.svg is not what the commands draw: %v", err)
	}
}

// TestModelPage: the example of docs/model.md prints what the page says.
func TestModelPage(t *testing.T) {
	page, err := filepath.Abs("../../docs/model.md")
	if err != nil {
		t.Fatal(err)
	}
	if n := follow(t, page, false); n != 2 {
		t.Errorf("%d commands", n)
	}
}

// follow makes a new folder the current one, writes the files there that a page shows, gives its commands to bash and
// returns how many there were. With update, the page gets what they print.
func follow(t *testing.T, page string, update bool) (commands int) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Dir(binary(t))+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Chdir(t.TempDir())
	var out strings.Builder
	for i, part := range strings.Split(string(text), "```") { // odd parts lie within fences
		kind, body, _ := strings.Cut(part, "\n")
		switch file, isFile := strings.CutPrefix(kind, "yaml file="); {
		case i%2 == 0:
		case isFile:
			if err := os.WriteFile(file, []byte(body), 0o644); err != nil {
				t.Fatal(err)
			}
		case kind == "console":
			body, n := followBlock(t, body, update)
			part = kind + "\n" + body
			commands += n
		default:
			t.Errorf("a block of kind %q is not tested", kind)
		}
		if i > 0 {
			out.WriteString("```")
		}
		out.WriteString(part)
	}
	if update {
		if err := os.WriteFile(page, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return commands
}

// followBlock runs the commands of one block, each at a "$ ", and returns the block with what they print.
func followBlock(t *testing.T, body string, update bool) (string, int) {
	var out strings.Builder
	n := 0
	for part := range strings.SplitSeq(strings.TrimPrefix(body, "$ "), "\n$ ") {
		command, want, _ := strings.Cut(part, "\n")
		for strings.HasSuffix(command, `\`) || strings.Count(command, `"`)%2 == 1 { // goes on in the next line
			line, rest, more := strings.Cut(want, "\n")
			command, want = command+"\n"+line, rest
			if !more {
				break
			}
		}
		n++
		got, err := exec.Command("bash", "-c", command).Output()
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		if want = strings.TrimRight(want, "\n"); !matchesLines(want, strings.TrimRight(string(got), "\n")) && !update {
			t.Errorf("$ %s\nprints\n%sthe page has\n%s", command, got, want)
		}
		if update && !strings.Contains(want, "…") {
			want = strings.TrimRight(string(got), "\n")
		}
		out.WriteString("$ " + command + "\n")
		if want != "" {
			out.WriteString(want + "\n")
		}
	}
	return out.String(), n
}

// matchesLines reports whether text is what the page shows: equal but for times, where a line of … is any lines.
func matchesLines(shown, text string) bool {
	trim := func(s string) []string {
		var lines []string
		for line := range strings.SplitSeq(tutorialTimes.ReplaceAllString(s, "$1 a time"), "\n") {
			lines = append(lines, strings.TrimRight(line, " "))
		}
		return lines
	}
	want, got := trim(shown), trim(text)
	for len(want) > 0 {
		if strings.TrimSpace(want[0]) == "…" {
			for skip := range len(got) + 1 {
				if matchesLines(strings.Join(want[1:], "\n"), strings.Join(got[skip:], "\n")) {
					return true
				}
			}
			return len(want) == 1
		}
		if len(got) == 0 || want[0] != got[0] {
			return false
		}
		want, got = want[1:], got[1:]
	}
	return len(got) == 0
}

func TestMatchesLines(t *testing.T) {
	for _, c := range []struct {
		shown, text string
		want        bool
	}{
		{"a\nb", "a\nb", true}, {"a\nb", "a\nc", false}, {"a", "a\nb", false}, {"a\nb", "a", false},
		{"a\n…\nd", "a\nb\nc\nd", true}, {"a\n…\nd", "a\nd", true}, {"a\n…\nd", "a\nb", false}, {"…", "a\nb", true}, {"a\n…", "a\nb", true},
		{"…\nb\n…", "a\nb\nc", true}, {"…\nx\n…", "a\nb\nc", false},
		{"60 candidates in 26.4 s", "60 candidates in 3.1 s", true}, {"area 26.4 mm2", "area 26.5 mm2", false}, {"10 in 3 s", "11 in 3 s", false},
		{"a  ", "a", true},
	} {
		if got := matchesLines(c.shown, c.text); got != c.want {
			t.Errorf("%q of %q: %t", c.shown, c.text, got)
		}
	}
}
