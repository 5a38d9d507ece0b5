package reports

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// chromium is a page in a headless browser that is driven over a pipe: JSON in and out, each message ended by a zero.
type chromium struct {
	t       *testing.T
	in      *os.File
	session string

	mu       sync.Mutex
	id       int
	replies  map[int]chan reply
	faults   []string // exceptions, errors and warnings of the console
	requests []string // addresses
}

type reply struct {
	Result json.RawMessage
	Error  *struct{ Message string }
}

// openChromium starts the browser. Where there is none the test is skipped, or fails with TCMDSE_BROWSER=1.
func openChromium(t *testing.T) *chromium {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil && path == "" {
			path = p
		}
	}
	if path == "" {
		if os.Getenv("TCMDSE_BROWSER") == "1" {
			t.Fatal("TCMDSE_BROWSER=1 and none of chromium, chromium-browser, google-chrome is in PATH")
		}
		t.Skip("none of chromium, chromium-browser, google-chrome is in PATH; TCMDSE_BROWSER=1 makes this a failure")
	}
	inR, inW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	outR, outW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "tcmdse-chromium")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+dir, "--remote-debugging-pipe", "--window-size=1100,900", "about:blank")
	cmd.ExtraFiles = []*os.File{inR, outW} // 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	inR.Close()
	outW.Close()
	b := &chromium{t: t, in: inW, replies: map[int]chan reply{}}
	go b.listen(outR)
	t.Cleanup(func() {
		inW.Write([]byte(`{"id":0,"method":"Browser.close"}` + "\x00"))
		done := time.AfterFunc(5*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		done.Stop()
		inW.Close()
		os.RemoveAll(dir)
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", `{"url":"about:blank"}`, &target)
	var session struct{ SessionID string }
	b.call("Target.attachToTarget", fmt.Sprintf(`{"targetId":%q,"flatten":true}`, target.TargetID), &session)
	b.session = session.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", "{}", nil)
	}
	return b
}

// listen takes replies to those who wait for them, and notes faults and requests.
func (b *chromium) listen(out *os.File) {
	defer out.Close()
	for r := bufio.NewReader(out); ; {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m struct {
			ID     int
			Method string
			Params struct {
				Type    string
				Request struct{ URL string }
			}
			reply
		}
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue
		}
		b.mu.Lock()
		switch c := m.Params.Type; {
		case b.replies[m.ID] != nil:
			b.replies[m.ID] <- m.reply
		case m.Method == "Runtime.exceptionThrown", m.Method == "Log.entryAdded", m.Method == "Runtime.consoleAPICalled" && (c == "error" || c == "warning"):
			b.faults = append(b.faults, string(text[:len(text)-1]))
		case m.Method == "Network.requestWillBeSent":
			b.requests = append(b.requests, m.Params.Request.URL)
		}
		b.mu.Unlock()
	}
}

// call sends a command and waits for its answer.
func (b *chromium) call(method, params string, out any) {
	b.t.Helper()
	b.mu.Lock()
	b.id++
	id, answer := b.id, make(chan reply, 1)
	b.replies[id] = answer
	b.mu.Unlock()
	session := ""
	if b.session != "" {
		session = fmt.Sprintf(`,"sessionId":%q`, b.session)
	}
	if _, err := fmt.Fprintf(b.in, `{"id":%d,"method":%q,"params":%s%s}`+"\x00", id, method, params, session); err != nil {
		b.t.Fatal(err)
	}
	select {
	case r := <-answer:
		if r.Error != nil {
			b.t.Fatalf("%s %s: %s", method, params, r.Error.Message)
		}
		if out != nil {
			if err := json.Unmarshal(r.Result, out); err != nil {
				b.t.Fatal(err)
			}
		}
	case <-time.After(20 * time.Second):
		b.t.Fatalf("%s %s: no answer in 20 s", method, params)
	}
}

// eval returns an expression's value as text.
func (b *chromium) eval(expression string) string {
	b.t.Helper()
	quoted, err := json.Marshal(expression)
	if err != nil {
		b.t.Fatal(err)
	}
	var r struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", fmt.Sprintf(`{"expression":%s,"returnByValue":true,"awaitPromise":true}`, quoted), &r)
	if r.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, r.ExceptionDetails)
	}
	return fmt.Sprint(r.Result.Value)
}

// wait waits for an expression to be true.
func (b *chromium) wait(expression string) {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); b.eval(expression) != "true"; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("not true in 10 s: %s", expression)
		}
	}
}

// settle waits until the window shows what was last done.
func (b *chromium) settle() {
	b.t.Helper()
	b.eval(`new Promise(function (done) { requestAnimationFrame(function () { requestAnimationFrame(done); }); })`)
}

// open shows a page and waits until its scripts have run.
func (b *chromium) open(page, hash string) (address string) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), "page.html")
	if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
		b.t.Fatal(err)
	}
	b.call("Page.navigate", fmt.Sprintf(`{"url":%q}`, "file://"+path+hash), nil)
	b.wait("document.body !== null && 'ready' in document.body.dataset")
	return "file://" + path
}

// mouse sends a real event: mouseMoved, mousePressed or mouseReleased, at a place of the window.
func (b *chromium) mouse(kind string, x, y float64) {
	b.t.Helper()
	button := "none"
	if kind != "mouseMoved" {
		button = "left"
	}
	b.call("Input.dispatchMouseEvent", fmt.Sprintf(`{"type":%q,"x":%g,"y":%g,"button":%q,"clickCount":1}`, kind, x, y, button), nil)
}

func (b *chromium) click(x, y float64) {
	b.t.Helper()
	for _, kind := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
		b.mouse(kind, x, y)
	}
}

// key presses and releases one: its name and code, and the text that it types.
func (b *chromium) key(name string, code int, text string) {
	b.t.Helper()
	b.call("Input.dispatchKeyEvent", fmt.Sprintf(`{"type":"keyDown","key":%q,"code":%q,"windowsVirtualKeyCode":%d,"text":%q}`, name, name, code, text), nil)
	b.call("Input.dispatchKeyEvent", fmt.Sprintf(`{"type":"keyUp","key":%q,"code":%q,"windowsVirtualKeyCode":%d}`, name, name, code), nil)
}

// keep writes a picture of the window, or the whole page as it prints, into the folder TCMDSE_SHOTS where that is set.
func (b *chromium) keep(name string) {
	b.t.Helper()
	dir := os.Getenv("TCMDSE_SHOTS")
	if dir == "" {
		return
	}
	var r struct{ Data string }
	method, params := "Page.captureScreenshot", `{}`
	if filepath.Ext(name) == ".pdf" {
		method, params = "Page.printToPDF", `{"printBackground":false}`
	}
	b.call(method, params, &r)
	data, err := base64.StdEncoding.DecodeString(r.Data)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name), data, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
