"""Lays the Go vulnerability database out as govulncheck reads it (https://go.dev/doc/security/vuln/database), from a
copy of the module golang.org/x/vulndb: for machines that reach the module proxy and not vuln.go.dev.

    python3 vulndb.py MODULE_DIR OUT_DIR
"""
import json
import pathlib
import shutil
import sys

source, out = pathlib.Path(sys.argv[1]) / "data" / "osv", pathlib.Path(sys.argv[2])
(out / "ID").mkdir(parents=True, exist_ok=True)
(out / "index").mkdir(exist_ok=True)
modules, vulns, newest = {}, [], ""
for path in sorted(source.glob("*.json")):
    entry = json.loads(path.read_text())
    shutil.copyfile(path, out / "ID" / path.name)
    modified = entry["modified"]
    newest = max(newest, modified)
    vulns.append({"id": entry["id"], "modified": modified, "aliases": entry.get("aliases", [])})
    for name in {a["package"]["name"] for a in entry["affected"]}:
        fixed = [e["fixed"] for a in entry["affected"] if a["package"]["name"] == name
                 for r in a.get("ranges", []) for e in r["events"] if "fixed" in e]
        vuln = {"id": entry["id"], "modified": modified}
        if fixed:
            vuln["fixed"] = fixed[-1]
        modules.setdefault(name, []).append(vuln)
for name, value in {"db": {"modified": newest}, "vulns": vulns,
                    "modules": [{"path": p, "vulns": v} for p, v in sorted(modules.items())]}.items():
    (out / "index" / f"{name}.json").write_text(json.dumps(value))
print(f"{len(vulns)} entries")
