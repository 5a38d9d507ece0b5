package results

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// parseTensors reads the traffic by tensor as Append writes it; a file has millions of them, and encoding/json takes
// longer than all else that Recall does. Text in any other form, of another tool or with an escaped name, goes to
// encoding/json.
func parseTensors(text []byte) ([]TensorTraffic, error) {
	if out, ok := quickTensors(text); ok {
		return out, nil
	}
	var out []TensorTraffic
	err := json.Unmarshal(text, &out)
	return out, err
}

func quickTensors(text []byte) ([]TensorTraffic, bool) {
	if string(text) == "null" {
		return nil, true
	}
	out := make([]TensorTraffic, 0, bytes.Count(text, []byte{'{'}))
	rest, ok := bytes.CutPrefix(text, []byte{'['})
	for ok && len(rest) > 1 {
		if len(out) > 0 {
			if rest, ok = bytes.CutPrefix(rest, []byte{','}); !ok {
				return nil, false
			}
		}
		var t TensorTraffic
		var name []byte
		if rest, ok = bytes.CutPrefix(rest, []byte(`{"tensor":"`)); !ok {
			return nil, false
		}
		if name, rest, ok = bytes.Cut(rest, []byte{'"'}); !ok || bytes.IndexByte(name, '\\') >= 0 || !utf8.Valid(name) {
			return nil, false
		}
		t.Tensor = string(name)
		for _, f := range []struct {
			key string
			to  *float64
		}{{`,"read_bits":`, &t.ReadBits}, {`,"write_bits":`, &t.WriteBits}, {`,"peak_bits":`, &t.PeakBits}} {
			if rest, ok = bytes.CutPrefix(rest, []byte(f.key)); !ok {
				return nil, false
			}
			end := bytes.IndexAny(rest, ",}")
			if end < 0 {
				return nil, false
			}
			var err error
			if *f.to, err = strconv.ParseFloat(string(rest[:end]), 64); err != nil || !plainNumber(rest[:end]) {
				return nil, false
			}
			rest = rest[end:]
		}
		if rest, ok = bytes.CutPrefix(rest, []byte{'}'}); !ok {
			return nil, false
		}
		out = append(out, t)
	}
	return out, ok && string(rest) == "]"
}

// plainNumber keeps out what strconv takes and JSON does not: NaN, infinity, hexadecimal, signs in front.
func plainNumber(text []byte) bool {
	return len(bytes.Trim(text, "0123456789.eE+-")) == 0 && text[0] != '+' && text[0] != '.'
}
