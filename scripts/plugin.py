#!/usr/bin/env python3
"""Installs the XLA CPU plugin into a folder, .local/pjrt unless another is given.

    python scripts/plugin.py [FOLDER]

The plugin is one shared library out of a wheel on the package index, third-party built from OpenXLA under the
Apache-2.0 licence. Wheel and library are pinned by SHA-256, and the library appears under its name only whole: a
truncated one would end any process that loads it. Needs pip; reaches the index through the user's own pip settings.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NoReturn

PIN = "lammps-jax-pjrt-cpu==0.11.2"
WHEEL_SHA256 = "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1"
LIBRARY = "pjrt_c_api_cpu_plugin.so"
MEMBER = "lammps_jax_pjrt_cpu/" + LIBRARY
LIBRARY_SIZE = 201_600_336
LIBRARY_SHA256 = "ad1309ac822b1b24d51b7f9947c7c9fa9ef5d67f390584cbc3d1fa2428fed9c2"
LICENCES = ("LICENSE", "THIRD_PARTY_NOTICES")


def main() -> None:
    root = Path(__file__).resolve().parent.parent
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else root / ".local" / "pjrt"
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        fail(f"the plugin is for Linux on x86-64, this is {platform.system()} on {platform.machine()}: "
             "build one for it and name it with XLA_PLUGIN=/path/of/plugin.so")
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two installs at once: the second finds the work done
        if complete(folder):
            print(f"XLA CPU plugin: {folder / LIBRARY} is there, SHA-256 as pinned")
            return
        install(folder)
    print(f"XLA CPU plugin: installed as {folder / LIBRARY}")


def complete(folder: Path) -> bool:
    """Whether the library and its licences are there, the library with the pinned digest."""
    library = folder / LIBRARY
    if not library.is_file() or library.stat().st_size != LIBRARY_SIZE:
        return False
    return digest(library) == LIBRARY_SHA256 and all((folder / name).is_file() for name in LICENCES)


def install(folder: Path) -> None:
    for left in folder.glob(".new-*"):  # of an install that was killed; the lock says that none is running
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as work:
        with zipfile.ZipFile(download(Path(work))) as wheel:
            for name in LICENCES:
                place(wheel, licence_member(wheel, name), Path(work), folder / name)
            place(wheel, MEMBER, Path(work), folder / LIBRARY, LIBRARY_SHA256)


def download(folder: Path) -> Path:
    """Lets pip fetch the wheel and check its hash."""
    pins = folder / "pins.txt"
    pins.write_text(f"{PIN} --hash=sha256:{WHEEL_SHA256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes",
               "--only-binary=:all:", "-d", str(folder), "-r", str(pins)]
    print(f"XLA CPU plugin: fetching {PIN} (60 MB, 200 MB unpacked)", flush=True)
    if subprocess.run(command).returncode != 0:
        fail(f"pip could not fetch {PIN} with the pinned hash (see above): look at the network and at pip's settings, "
             "or name a plugin of your own with XLA_PLUGIN=/path/of/plugin.so")
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        fail(f"pip left {len(wheels)} wheels for {PIN} where one was expected")
    return wheels[0]


def licence_member(wheel: zipfile.ZipFile, name: str) -> str:
    for member in wheel.namelist():
        if member.endswith("/licenses/" + name):
            return member
    fail(f"the wheel of {PIN} holds no {name}")


def place(wheel: zipfile.ZipFile, member: str, work: Path, target: Path, want: str = "") -> None:
    """Unpacks a member into work, checks it, waits until it is on disk, and renames it to target."""
    temporary = work / target.name
    with wheel.open(member) as source, open(temporary, "wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())
    if want and (got := digest(temporary)) != want:
        fail(f"{member} of {PIN} has SHA-256 {got}, pinned is {want}: not installed")
    os.replace(temporary, target)
    sync(target.parent)


def sync(folder: Path) -> None:
    """Makes a rename in folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fail(message: str) -> NoReturn:
    sys.exit(f"XLA CPU plugin: {message}")


if __name__ == "__main__":
    try:
        main()
    except (OSError, zipfile.BadZipFile) as error:
        fail(f"{error}: nothing was installed; mend it and run this again")
