"""Fails where our code calls something with a known vulnerability in a module that go.mod requires; lists those of the
standard library, which go away with the next Go. The database is vuln.go.dev, or, where that is out of reach, the
module golang.org/x/vulndb from the module proxy. Where neither can be had, it fails: a check that was not made passed nothing.

    python3 .ci/vulncheck.py
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

TOOL = "golang.org/x/vuln/cmd/govulncheck@v1.9.0"


def database(out):
    try:
        urllib.request.urlopen("https://vuln.go.dev/index/db.json", timeout=20).read()
        return "https://vuln.go.dev"
    except OSError as err:
        print(f"vuln.go.dev: {err}; taking the module golang.org/x/vulndb", flush=True)
    for version in ("latest", "v0.0.0-20261105234957-e22db6528018"):  # a proxy may know versions and no newest one
        got = subprocess.run(["go", "mod", "download", "-json", "golang.org/x/vulndb@" + version], cwd=out, stdout=subprocess.PIPE)
        if got.returncode == 0:
            break
    else:
        sys.exit("the vulnerability database can be had neither way")
    module = json.loads(got.stdout)
    print(module["Version"], flush=True)
    subprocess.run([sys.executable, pathlib.Path(__file__).with_name("vulndb.py"), module["Dir"], out + "/db"], check=True)
    return "file://" + out + "/db"


def objects(text):
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        yield value


with tempfile.TemporaryDirectory() as out:
    run = subprocess.run(["go", "run", TOOL, "-db", database(out), "-format", "json", "./..."], stdout=subprocess.PIPE, text=True)
if run.returncode != 0:
    sys.exit("govulncheck failed")
ours, std, scanned, about = {}, {}, False, {}
for message in objects(run.stdout):
    scanned = scanned or "SBOM" in message or "config" in message
    if "osv" in message:
        about[message["osv"]["id"]] = message["osv"].get("summary", "")
    if "finding" in message:
        finding = message["finding"]
        top = finding["trace"][0]
        if "function" in top:  # our code calls it
            where = f'{top["module"]}@{top["version"]}, fixed in {finding.get("fixed_version", "none yet")}'
            (std if top["module"] == "stdlib" else ours)[finding["osv"]] = where
if not scanned:
    sys.exit("govulncheck said nothing")
for name, found in (("standard library", std), ("required modules", ours)):
    print(f"{name}: {len(found)} known vulnerabilities in what we call")
    for vuln, where in sorted(found.items()):
        print(f"  {vuln}: {about.get(vuln, '')}: {where}")
sys.exit(1 if ours else 0)
