package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"tcmdse/dse"
)

// logEvery is how often progress is logged where standard error is no terminal.
const logEvery = 30 * time.Second

// progress shows how far a sweep is: one line on a terminal, a log line now and then elsewhere.
type progress struct {
	to       io.Writer
	quiet    bool
	terminal bool
	last     time.Time
	width    int
}

func newProgress(e *env, quiet bool) *progress {
	p := &progress{to: beneath(e.err), quiet: quiet, last: time.Now()}
	if f, ok := p.to.(*os.File); ok {
		p.terminal = term.IsTerminal(int(f.Fd()))
	}
	return p
}

func (p *progress) show(s dse.Progress) {
	if p.quiet {
		return
	}
	line := fmt.Sprintf("%d of %d candidates", s.Done, s.Total) // what matters most comes first: the line may be cut
	if s.ETA > 0 {
		line += ", about " + s.ETA.Round(time.Second).String() + " left"
	}
	if s.BestEDPJs > 0 {
		line += fmt.Sprintf(", least EDP %.3g Js", s.BestEDPJs)
	}
	line += counts(&s)
	if !p.terminal {
		if time.Since(p.last) >= logEvery {
			p.last = time.Now()
			fmt.Fprintln(p.to, line)
		}
		return
	}
	line = cut(line, p.columns())
	fmt.Fprintf(p.to, "\r%s%s", line, strings.Repeat(" ", max(0, p.width-len(line))))
	p.width = len(line)
}

// columns is the terminal's width.
func (p *progress) columns() int {
	if f, ok := p.to.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w
		}
	}
	return 80
}

// cut shortens a line that would fill the terminal's width: a wrapped one could not be written over. Parts between
// commas are left out whole, from the end.
func cut(line string, columns int) string {
	for len(line) >= columns {
		i := strings.LastIndex(line, ", ")
		if i < 0 {
			return line[:max(0, columns-1)]
		}
		line = line[:i]
	}
	return line
}

// counts tells of what kinds the candidates so far are, those that there are.
func counts(s *dse.Progress) string {
	line := ""
	for _, c := range []struct {
		n    int64
		what string
	}{{s.Reused, "candidates stored before"}, {s.Infeasible, "infeasible"}, {s.OverBudget, "over budget"}, {s.Skipped, "skipped as proved off the front"},
		{s.Failed, "failed"}, {s.Equal, "layers equal to others"}, {s.Recalled, "layers read back"}} {
		if c.n > 0 {
			line += fmt.Sprintf(", %d %s", c.n, c.what)
		}
	}
	return line
}

// end clears the line.
func (p *progress) end() {
	if p.terminal && p.width > 0 {
		fmt.Fprintf(p.to, "\r%s\r", strings.Repeat(" ", p.width))
	}
}
