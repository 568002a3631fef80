"""One peer of `cir bench`: does one piece of work, timed, each time it is told to.

    python peer.py WORK WAY FOLDER DEVICE

FOLDER holds settings.json, weights.safetensors and WORK.safetensors, which gocir reads too. The peer writes a line of
JSON when it is ready, with the numbers that both sides must agree on; then, for each line "run" on stdin, one with the
seconds it took; and at the end of stdin one with its peak memory. The first run also compiles what is compiled.

    python peer.py write-pt torch FOLDER cpu

writes the checkpoint that "read:pt" reads.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file

import steps
import whole

WORKS: dict[str, Callable] = {
    "gemm": whole.gemm,
    "images": whole.images,
    "texts": whole.texts,
    "text-step": steps.text_step,
    "backward-loss": steps.backward_loss,
    "combiner-step": steps.combiner_step,
    "recalls": whole.recalls,
    "search": whole.search,
    "pictures": whole.pictures,
    "read": whole.read,
}

STEPS = ("text-step", "combiner-step")  # whose check is not a run: the first run then compiles


class Setting:
    """What a piece of work is given."""

    def __init__(self, name: str, way: str, folder: Path, device: str):
        self.name, self.way, self.folder, self.device = name, way, folder, torch.device(device)
        self.sizes = json.loads((folder / "settings.json").read_text())
        self.inputs = {}
        for inputs in (folder / f"{name}.safetensors", folder / f"{name.partition(':')[0]}.safetensors"):
            if inputs.exists():
                self.inputs = {name: value.to(self.device) for name, value in load_file(inputs).items()}
                break

    def weights(self) -> dict[str, torch.Tensor]:
        return load_file(self.folder / "weights.safetensors", device=str(self.device))

    def sync(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize()


def main() -> None:
    name, way, folder, device = sys.argv[1:]
    if name == "write-pt":
        return whole.write_pt(Path(folder))
    setting = Setting(name, way, Path(folder), device)
    torch.manual_seed(0)
    work = WORKS[name.partition(":")[0]]
    check, run = work(setting)
    values = [] if name in setting.sizes["unchecked"] else [float(value) for value in check()]
    reset_peak()
    say(check=values, version=whole.version(way), warm=name.partition(":")[0] not in STEPS)
    for line in sys.stdin:
        if line.strip() != "run":
            break
        start, cpu = time.perf_counter(), time.process_time()
        run()
        setting.sync()
        say(seconds=time.perf_counter() - start, cpu=time.process_time() - cpu)
    say(peak=peak(setting))


def say(**message: object) -> None:
    print(json.dumps(message), flush=True)


def reset_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass  # the peak is then that of the whole process


def peak(setting: Setting) -> float:
    """Bytes: of the device where it has memory of its own, else of this process."""
    if setting.device.type == "cuda":
        return float(torch.cuda.max_memory_allocated())
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return float(line.split()[1]) * 1024
    return 0.0


if __name__ == "__main__":
    main()
