package cli

import (
	"fmt"
	"io"
	"os"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"

	"tcmdse/reports"
)

// plainWriter is how all text reaches a terminal: names, paths and messages come from files and databases of others, and a control
// character among them could move the cursor, retitle the window or hide what follows. Each is written as a visible \u001b, which is
// also how JSON writes it, so that JSON keeps its meaning. Line feeds and tabs pass; so do whole runes cut between two writes.
type plainWriter struct {
	w    io.Writer
	mu   sync.Mutex // messages come from several goroutines
	rest []byte     // the first bytes of a rune whose others are to come
	out  []byte
}

func (p *plainWriter) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	in := append(p.rest, text...)
	p.rest, p.out = nil, p.out[:0]
	for len(in) > 0 {
		if n := harmless(in); n > 0 { // nearly all text, a run at a time
			p.out, in = append(p.out, in[:n]...), in[n:]
			continue
		}
		r, n := utf8.DecodeRune(in)
		if r == utf8.RuneError && n == 1 && !utf8.FullRune(in) {
			p.rest = append([]byte(nil), in...)
			break
		}
		p.out = appendPlain(p.out, r, in[:n])
		in = in[n:]
	}
	if _, err := p.w.Write(p.out); err != nil {
		return 0, err
	}
	return len(text), nil
}

// flush writes what ends in the middle of a rune.
func (p *plainWriter) flush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range p.rest {
		io.WriteString(p.w, escapeOf(utf8.RuneError)) // the writer below keeps its error
	}
	p.rest = nil
}

// harmless is the length of the run of printable ASCII, line feeds and tabs that a text begins with.
func harmless(text []byte) int {
	for i, c := range text {
		if (c < ' ' || c > '~') && c != '\n' && c != '\t' {
			return i
		}
	}
	return len(text)
}

func appendPlain(out []byte, r rune, bytes []byte) []byte {
	if r == utf8.RuneError && len(bytes) == 1 || reports.Obeyed(r) {
		return append(out, escapeOf(r)...)
	}
	return append(out, bytes...)
}

func escapeOf(r rune) string { return fmt.Sprintf(`\u%04x`, r) }

// onTerminal tells whether the writer at the bottom is a terminal.
func onTerminal(w io.Writer) bool {
	w = beneath(w)
	if c, ok := w.(*checkedWriter); ok {
		w = c.w
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// beneath returns the writer below a plainWriter: for the progress line, which goes back to its start, and for data that programs read.
func beneath(w io.Writer) io.Writer {
	if p, ok := w.(*plainWriter); ok {
		return p.w
	}
	return w
}
