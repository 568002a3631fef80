#!/usr/bin/env python3
"""Does with a folder that holds a Debian root what Docker does with an image, as far as docker/Dockerfile needs it.

    root.py build ROOT BACKEND                 carries out the Dockerfile's instructions in ROOT, in their order
    root.py run ROOT [NAME=VALUE...]           starts the entrypoint as the image's user
    root.py run ROOT [NAME=VALUE...] COMMAND   starts a command, through the entrypoint
    root.py health ROOT                        runs the health check

So test.sh runs the very steps of the Dockerfile where there is no Docker. An instruction or an option that is not known
here is an error: nothing of the Dockerfile is passed over. Needs Linux, root, git and chroot.
"""

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

PROJECT = Path(__file__).resolve().parent.parent
DOCKERFILE = PROJECT / "docker" / "Dockerfile"
IGNORE = PROJECT / "docker" / "Dockerfile.dockerignore"
IMAGE = "image.json"  # in ROOT: what Docker keeps beside the files

# What golang:<version>-bookworm adds to Debian: Go in /usr/local/go, which test.sh copies, a C compiler, which
# install.sh asks for too, and these.
BASE_ENV = {
    "PATH": "/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "GOPATH": "/go",
    "GOTOOLCHAIN": "local",
}
# How this machine reaches the registries; handed to the build alone, as `docker build` does with proxy settings.
SETTINGS = re.compile(r"(?i)PIP_(?!FIND_LINKS).*|(SSL|CURL)_.*|.*_CA_BUNDLE|GO(PROXY|SUMDB|NOSUMDB|PRIVATE)|(https?|no)_proxy")


class Image:
    """A root, and what the instructions so far have set."""

    def __init__(self, root: Path):
        self.root = root
        self.env: dict[str, str] = dict(BASE_ENV)
        self.args: dict[str, str] = {}
        self.user, self.workdir = "root", "/go"
        self.volumes: list[str] = []
        self.entrypoint: list[str] = []
        self.health: list[str] = []

    def save(self) -> None:
        state = {k: v for k, v in vars(self).items() if k not in ("root", "args")}
        (self.root / IMAGE).write_text(json.dumps(state, indent=1))

    @classmethod
    def load(cls, root: Path) -> "Image":
        image = cls(root)
        vars(image).update(json.loads((root / IMAGE).read_text()))
        return image

    def expand(self, text: str) -> str:
        """Puts values for $NAME and ${NAME}, as Docker does outside of RUN."""
        values = self.args | self.env

        def value(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            if name not in values:
                fail(f"the Dockerfile uses ${name}, which nothing has set")
            return values[name]

        return re.sub(r"\$(?:(\w+)|\{(\w+)\})", value, text)

    def account(self, name: str) -> tuple[int, int, str]:
        """The numbers and the home of a user of the root, by name or number."""
        for line in (self.root / "etc/passwd").read_text().splitlines():
            login, _, uid, gid, _, home, _ = line.split(":")
            if name in (login, uid):
                return int(uid), int(gid), home
        fail(f"the root has no user {name}")

    def command(self, arguments: list[str], extra: dict[str, str]) -> list[str]:
        """The command line that runs arguments in the root, as the user, with the image's variables and no others."""
        uid, gid, home = self.account(self.user)
        env = self.env | {"HOME": home} | extra
        return ["chroot", f"--userspec={uid}:{gid}", f"--groups={gid}", str(self.root),
                "/usr/bin/env", "-i", f"--chdir={self.workdir}", *(f"{k}={v}" for k, v in env.items()), *arguments]


def build(root: Path, backend: str) -> None:
    image, files = Image(root), context()
    for instruction, text in instructions(DOCKERFILE.read_text()):
        print(f"-- {instruction} {text}", flush=True)
        match instruction:
            case "FROM":
                pass  # test.sh has made the root
            case "ARG":
                name, _, default = text.partition("=")
                image.args[name] = backend if name == "BACKEND" else default
            case "ENV":
                image.env |= dict(word.split("=", 1) for word in shlex.split(image.expand(text)))
            case "USER":
                image.user = image.expand(text)
            case "WORKDIR":
                image.workdir = os.path.join(image.workdir, image.expand(text))
            case "COPY":
                copy(image, files, shlex.split(image.expand(text)))
            case "RUN":
                run(image, text)
            case "VOLUME":
                image.volumes = json.loads(text)
            case "EXPOSE":
                pass
            case "HEALTHCHECK":
                image.health = json.loads(text[text.index("CMD") + 3:])
            case "ENTRYPOINT":
                image.entrypoint = json.loads(text)
            case _:
                fail(f"root.py does not know the Dockerfile's instruction {instruction}: teach it")
    image.save()


def instructions(text: str) -> list[tuple[str, str]]:
    text = re.sub(r"(?m)^\s*#.*\n", "", text).replace("\\\n", " ")
    pairs = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(word.upper(), rest.strip()) for word, rest in pairs]


def run(image: Image, text: str) -> None:
    if text.startswith("--"):
        fail(f"root.py does not know options of RUN: {text}")
    settings = {k: v for k, v in os.environ.items() if SETTINGS.fullmatch(k)}
    command = image.command(["/bin/sh", "-c", text], settings | image.args)
    if (status := subprocess.run(command, stdin=subprocess.DEVNULL).returncode) != 0:
        fail(f"this step of the Dockerfile ended with status {status}: RUN {text}")


def copy(image: Image, files: list[str], words: list[str]) -> None:
    owner = (0, 0)
    if words[0].startswith("--chown="):
        owner = image.account(words.pop(0).removeprefix("--chown=").split(":")[0])[:2]
    if words[0].startswith("--"):
        fail(f"root.py does not know this option of COPY: {words[0]}")
    *sources, target = words
    into_folder = target.endswith(("/", ".")) or len(sources) > 1
    target = os.path.normpath(os.path.join(image.workdir, target))
    for source in sources:
        below = "" if source == "." else source + "/"
        chosen = [(f, f.removeprefix(below)) for f in files if f.startswith(below)]
        if source in files:
            chosen = [(source, os.path.basename(source) if into_folder else "")]
        if not chosen:
            fail(f"COPY {source}: the project has no such file, or {IGNORE.name} leaves it out")
        for name, relative in chosen:
            place(PROJECT / name, image.root / target.lstrip("/") / relative, owner)


def place(source: Path, target: Path, owner: tuple[int, int]) -> None:
    new = [folder for folder in target.parents if not folder.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)
    for path in (target, *new):
        os.chown(path, *owner, follow_symlinks=False)


def context() -> list[str]:
    """The project's files as `docker build` sends them: git's, and new ones that git does not ignore, less those that
    Dockerfile.dockerignore names. What git ignores has to be named there, or a build would send it."""
    patterns = [line for line in IGNORE.read_text().splitlines() if line and not line.startswith("#")]
    for name in listed("--others", "--ignored", "--directory"):
        if not ignored(name.rstrip("/"), patterns):
            fail(f"git ignores {name} and {IGNORE.name} does not: an image would hold it")
    return [name for name in listed("--cached", "--others") if not ignored(name, patterns) and (PROJECT / name).exists()]


def listed(*options: str) -> list[str]:
    command = ["git", "-C", str(PROJECT), "-c", f"safe.directory={PROJECT}", "ls-files", "-z", "--exclude-standard", *options]
    return [name for name in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0") if name]


def ignored(name: str, patterns: list[str]) -> bool:
    for pattern in patterns:
        if pattern.startswith("**/"):
            if any(fnmatch.fnmatchcase(part, pattern[3:]) for part in name.split("/")):
                return True
        elif re.search(r"[*?!\[]", pattern):
            fail(f"root.py does not know the pattern {pattern} of {IGNORE.name}: teach it, or write a path or **/name")
        elif name == pattern or name.startswith(pattern + "/"):
            return True
    return False


def start(image: Image, words: list[str]) -> NoReturn:
    extra = {"TINI_SUBREAPER": ""}  # tini is process 1 of a container, not of a root
    while words and re.match(r"\w+=", words[0]):
        name, _, value = words.pop(0).partition("=")
        extra[name] = value
    command = image.command([*image.entrypoint, *words], extra)
    os.execvp(command[0], command)


def fail(message: str) -> NoReturn:
    sys.exit(f"root.py: {message}")


def main() -> None:
    match sys.argv[1:]:
        case ["build", root, backend]:
            build(Path(root), backend)
        case ["run", root, *words]:
            start(Image.load(Path(root)), words)
        case ["health", root]:
            image = Image.load(Path(root))
            sys.exit(subprocess.run(image.command(image.health, {})).returncode)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
