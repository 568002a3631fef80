#!/usr/bin/env python3
"""Starts JupyterLab in a root that root.py has built, and checks what docker/README.md promises of it.

    check.py ROOT BACKEND

test.sh runs it in a network of its own that reaches nothing: the port is free, and whatever works, works offline.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT_PY = str(Path(__file__).with_name("root.py"))
LAB = "http://127.0.0.1:8888"
CELLS = [
    '!*. "${GOCIR:-..}/notebooks/start.sh"\n%noautoget',
    'import (\n\t"fmt"\n\n\t"gocir/cir/eval"\n)\n\n%%\nfmt.Println("R@10", eval.Recall([]int{0, 3, 12, 49}, 10))',
]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def main() -> None:
    root, backend = Path(sys.argv[1]), sys.argv[2]
    refuses(root, "GOCIR_TOKEN=short", "16 or more")
    if not gpu():
        refuses(root, "GOCIR_BACKEND=cuda", "--gpus all")
    given = "a-token-of-the-users-own_1"
    lab, printed = start(root, "GOCIR_TOKEN=" + given)
    claim(given not in printed and status("/api/status", given) == 200, "with GOCIR_TOKEN=... that is the token, and it is not printed")
    stops(lab)

    lab, printed = start(root)
    try:
        drawn = re.findall(r"(?m)^JupyterLab: http://127\.0\.0\.1:8888/lab\?token=([0-9a-f]{48})$", printed)
        claim(len(drawn) == 1, "without one it is drawn, and printed with the address")
        token = drawn[0]
        answers(token)
        belongs_to_user(root)
        claim(subprocess.run([sys.executable, ROOT_PY, "health", str(root)]).returncode == 0, "the health check passes")
        if backend != "cuda" or gpu():
            cells(root, backend)
    finally:
        stops(lab)
    health = subprocess.run([sys.executable, ROOT_PY, "health", str(root)], stderr=subprocess.DEVNULL)
    claim(health.returncode != 0, "the health check fails without it")


def refuses(root: Path, setting: str, sentence: str) -> None:
    done = subprocess.run([sys.executable, ROOT_PY, "run", str(root), setting], capture_output=True, text=True, timeout=60)
    lines = done.stderr.strip().splitlines()
    said = [line for line in lines if line.startswith("gocir: ")]
    claim(done.returncode != 0 and len(said) == 1 and sentence in said[0], f"with {setting} it does not start and says why: {lines}")


def start(root: Path, *settings: str) -> tuple[subprocess.Popen[bytes], str]:
    """Starts the entrypoint and waits until JupyterLab answers; returns what was printed until then."""
    extra = list(settings)
    if sys.argv[2] == "cuda" and not gpu():
        extra.append("GOMLX_BACKEND=go")  # the server needs no GPU, and without one the image's own backend is refused
    log = open(root / "lab.log", "w")
    lab = subprocess.Popen([sys.executable, ROOT_PY, "run", str(root), *extra], stdout=log, stderr=log)
    until = time.monotonic() + 90
    while status("/api") != 200:
        if lab.poll() is not None or time.monotonic() > until:
            lab.terminate()
            sys.exit(f"JupyterLab did not come up:\n{(root / 'lab.log').read_text()}")
        time.sleep(0.5)
    return lab, (root / "lab.log").read_text()


def stops(lab: subprocess.Popen[bytes]) -> None:
    lab.terminate()
    claim(lab.wait(30) in (0, 143), f"SIGTERM ends JupyterLab, status {lab.returncode}")


def gpu() -> bool:
    return any(Path("/dev").glob("nvidia[0-9]*"))


def answers(token: str) -> None:
    claim(status("/api/status") == 403, "/api/status without a token: 403")
    claim(status("/lab") == 302, "/lab without a token: to the login page")
    claim(status("/api/status", "x" * 48) == 403, "/api/status with a wrong token: 403")
    claim(status("/api/status", token) == 200, "/api/status with the token: 200")
    claim(status("/lab?token=" + token) in (200, 302), "the printed address opens")
    kernels = json.loads(fetch("/api/kernelspecs", token)[1])["kernelspecs"].values()
    claim("go" in [k["spec"]["language"] for k in kernels], "/api/kernelspecs lists the Go kernel")


def belongs_to_user(root: Path) -> None:
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "root") == str(root.resolve()):
                command = (process / "cmdline").read_bytes().decode().split("\0")
                found[" ".join(os.path.basename(word) for word in command[:3])] = process.stat().st_uid
        except OSError:
            continue
    claim(any("jupyter" in name for name in found) and 0 not in found.values(), f"no process of it is root's: {found}")


def cells(root: Path, backend: str) -> None:
    """Runs a notebook with the Go kernel, by the root's own nbconvert."""
    cell = {"cell_type": "code", "execution_count": None, "metadata": dict[str, str](), "outputs": list[str]()}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "gonb", "display_name": "Go", "language": "go"}},
                "cells": [{**cell, "id": f"cell-{i}", "source": source} for i, source in enumerate(CELLS)]}
    work = root / "home/gocir/gocir/notebooks/work"
    (work / "cell.ipynb").write_text(json.dumps(notebook))
    shutil.chown(work / "cell.ipynb", work.stat().st_uid, work.stat().st_gid)
    begin = time.monotonic()
    command = [sys.executable, ROOT_PY, "run", str(root), "GOCIR_HEADLESS=1", ".local/lab/bin/python", "-m", "jupyter", "nbconvert",
               "--log-level=WARN", "--to=notebook", "--execute", "--stdout", "notebooks/work/cell.ipynb"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=240)
    claim(done.returncode == 0, "a notebook runs with the Go kernel, offline")
    text = ["".join("".join(o.get("text", "")) for o in c["outputs"]) for c in json.loads(done.stdout)["cells"]]
    want = {"cpu": "cpu", "cuda": "cuda", "go": "Go"}[backend]
    claim("gocir is ready" in text[0] and want in text[0], f"its first cell finds the backend: {text[0].strip()}")
    claim("R@10 50" in text[1], f"its second computes: {text[1].strip()} ({time.monotonic() - begin:.0f} s for both)")


def status(path: str, token: str = "") -> int:
    return fetch(path, token)[0]


def fetch(path: str, token: str = "") -> tuple[int, bytes]:
    request = urllib.request.Request(LAB + path, headers={"Authorization": "token " + token} if token else {})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""
    except OSError:
        return 0, b""


def claim(holds: bool, what: str) -> None:
    print(("ok      " if holds else "not ok  ") + what, flush=True)
    if not holds:
        sys.exit(1)


if __name__ == "__main__":
    main()
