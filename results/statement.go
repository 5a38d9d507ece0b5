package results

import (
	"errors"
	"strings"
)

// single returns the one statement of a text, without the semicolon that ends it and what follows. It refuses text of
// no statement or of several: the driver runs all and answers the last one only, even where that is but a comment.
func single(query string) (string, error) {
	said, end := false, len(query)
	for i := 0; i < len(query); {
		if n := blank(query[i:]); n > 0 {
			i += n
			continue
		}
		switch {
		case query[i] == ';':
			if said && end == len(query) {
				end = i
			}
			i++
		case end < len(query):
			return "", errors.New("results: several SQL statements; give one at a time")
		default:
			said = true
			i += quoted(query[i:])
		}
	}
	if !said {
		return "", errors.New("results: no SQL given")
	}
	return query[:end], nil
}

// blank returns the length of the blank or comment that a text begins with, 0 if it begins with neither.
func blank(text string) int {
	switch {
	case strings.HasPrefix(text, "--"):
		return through(text, "\n", 2)
	case strings.HasPrefix(text, "/*"):
		return through(text, "*/", 2)
	case strings.HasPrefix(text, "\ufeff"): // a blank to SQLite; files of some editors begin with it
		return len("\ufeff")
	case strings.IndexByte(" \t\n\f\r", text[0]) >= 0:
		return 1
	}
	return 0
}

// quoted returns the length of the string or quoted name that a text begins with, 1 if it begins with neither. A quote
// within is doubled, so that what follows it counts as another string.
func quoted(text string) int {
	switch text[0] {
	case '\'', '"', '`':
		return through(text, text[:1], 1)
	case '[':
		return through(text, "]", 1)
	}
	return 1
}

// through returns the length of text up to and with the next end after from bytes, all of it if there is none.
func through(text, end string, from int) int {
	if i := strings.Index(text[from:], end); i >= 0 {
		return from + i + len(end)
	}
	return len(text)
}
