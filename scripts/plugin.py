#!/usr/bin/env python3
"""Installs an XLA plugin into a folder: the CPU's into .local/pjrt, CUDA's into .local/cuda, unless another is given.

    python scripts/plugin.py [--cuda] [FOLDER]

The CPU plugin is one shared library out of a wheel on the package index, third-party built from OpenXLA under the
Apache-2.0 licence. The CUDA plugin is JAX's, with the NVIDIA libraries that it loads: cuda.txt lists all wheels, 2.3 GB.
Wheels and plugins are pinned by SHA-256, and appear under their names only whole: a truncated library would end any
process that loads it. Needs pip; reaches the index through the user's own pip settings.
"""

import argparse
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

PIN = "lammps-jax-pjrt-cpu==0.11.2"
WHEEL_SHA256 = "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1"
LIBRARY = "pjrt_c_api_cpu_plugin.so"
MEMBER = "lammps_jax_pjrt_cpu/" + LIBRARY
LIBRARY_SIZE = 201_600_336
LIBRARY_SHA256 = "ad1309ac822b1b24d51b7f9947c7c9fa9ef5d67f390584cbc3d1fa2428fed9c2"
LICENCES = ("LICENSE", "THIRD_PARTY_NOTICES")

CUDA_PINS = Path(__file__).resolve().parent / "cuda.txt"
CUDA_MEMBER = "jax_plugins/xla_cuda13/xla_cuda_plugin.so"
CUDA_LIBRARY = "nvidia/pjrt_c_api_cuda_plugin.so"  # finds NVIDIA's libraries in ../nvidia: its RPATH says so
CUDA_LIBRARY_SIZE = 411_465_856
CUDA_LIBRARY_SHA256 = "43d3efd6fd43d8a5d9aa67176e830d81e4ad5fc19fda4ad09cdcc4aebd9f3920"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cuda", action="store_true", help="the plugin for NVIDIA's GPUs, 2.3 GB")
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER")
    arguments = parser.parse_args()
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        fail(f"the plugins are for Linux on x86-64, this is {platform.system()} on {platform.machine()}: "
             "build one for it and name it with XLA_PLUGIN=/path/of/plugin.so")
    local = Path(__file__).resolve().parent.parent / ".local"
    if arguments.cuda:
        once(arguments.folder or local / "cuda", CUDA_LIBRARY, cuda_complete, cuda_install)
    else:
        once(arguments.folder or local / "pjrt", LIBRARY, complete, install)


def once(folder: Path, library: str, complete: Callable[[Path], bool], install: Callable[[Path], None]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two installs at once: the second finds the work done
        if complete(folder):
            print(f"XLA plugin: {folder / library} is there, SHA-256 as pinned")
            return
        for left in folder.glob(".new-*"):  # of an install that was killed; the lock says that none is running
            shutil.rmtree(left)
        install(folder)
    print(f"XLA plugin: installed as {folder / library}")


def complete(folder: Path) -> bool:
    """Whether the library and its licences are there, the library with the pinned digest."""
    library = folder / LIBRARY
    if not library.is_file() or library.stat().st_size != LIBRARY_SIZE:
        return False
    return digest(library) == LIBRARY_SHA256 and all((folder / name).is_file() for name in LICENCES)


def install(folder: Path) -> None:
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
    print(f"XLA plugin: fetching {PIN} (60 MB, 200 MB unpacked)", flush=True)
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


def cuda_complete(folder: Path) -> bool:
    """Whether what cuda.txt pins now was installed as a whole, and the plugin still has its digest."""
    library, stamp = folder / CUDA_LIBRARY, folder / "nvidia" / "pins.sha256"
    if not stamp.is_file() or not library.is_file() or library.stat().st_size != CUDA_LIBRARY_SIZE:
        return False
    return stamp.read_text() == digest(CUDA_PINS) and digest(library) == CUDA_LIBRARY_SHA256


def cuda_install(folder: Path) -> None:
    """Lets pip unpack the wheels, each by its hash, and renames the folder that holds them all into place."""
    print("XLA plugin: fetching JAX's CUDA plugin and NVIDIA's libraries: 2.3 GB, and more on the disk. The libraries "
          "are under NVIDIA's own terms, which come with them in nvidia/licences", flush=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as work:
        site = Path(work) / "site"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--no-cache-dir",
                   "--no-compile", "--only-binary=:all:", "--target", str(site), "-r", str(CUDA_PINS)]
        if subprocess.run(command, env={**os.environ, "TMPDIR": work}).returncode != 0:
            fail("pip could not install what cuda.txt pins (see above): look at the network, at the space on the disk, "
                 "and at pip's settings")
        cuda_arrange(site)
        os.sync()
        shutil.rmtree(folder / "nvidia", ignore_errors=True)  # one of other pins
        os.rename(site / "nvidia", folder / "nvidia")
    sync(folder)


def cuda_arrange(site: Path) -> None:
    """Makes of pip's folder what go-xla looks for: all in nvidia."""
    nvidia, library = site / "nvidia", site / CUDA_LIBRARY
    os.rename(site / CUDA_MEMBER, library)
    if (got := digest(library)) != CUDA_LIBRARY_SHA256:
        fail(f"{CUDA_MEMBER} has SHA-256 {got}, pinned is {CUDA_LIBRARY_SHA256}: not installed")
    for name in ("bin", "nvvm"):  # XLA's ptxas and libdevice, below the folder that go-xla tells it
        (nvidia / name).symlink_to(Path("cu13") / name)
    for licence in site.glob("*.dist-info/licenses/*"):
        target = nvidia / "licences" / licence.parts[-3].removesuffix(".dist-info")
        target.mkdir(parents=True, exist_ok=True)
        os.rename(licence, target / licence.name)
    (nvidia / "pins.sha256").write_text(digest(CUDA_PINS))


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
    sys.exit(f"XLA plugin: {message}")


if __name__ == "__main__":
    try:
        main()
    except (OSError, zipfile.BadZipFile) as error:
        fail(f"{error}: nothing was installed; mend it and run this again")
