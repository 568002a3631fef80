"""Reading a text encoder of BERT's size, 436 MB: this project's reader beside torch.load and safetensors' load_file.

Both sides sum every value, so that no lazy mapping counts as done. Each measurement is a process of its own, the sides
take turns, and the files are in the system's cache. Seconds begin when the program is ready, after the imports in Python;
seconds of processors and the peak are those of the whole process for Go, and the seconds without the imports for Python.

    python scripts/bench/load.py [repeats]
"""

import os
import re
import subprocess
import sys
import tempfile
import time

GO, PYTHON = "this project", "Python"


def state_dict():
    """BERT base in names and sizes, without the pooler."""
    import torch

    sizes = {"embeddings.word_embeddings": [30524, 768], "embeddings.position_embeddings": [512, 768]}
    for layer in range(12):
        at = f"encoder.layer.{layer}."
        for name in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            sizes[at + name] = [768, 768]
        sizes[at + "intermediate.dense"], sizes[at + "output.dense"] = [3072, 768], [768, 3072]
    weights = {f"text_encoder.{name}.weight": torch.randn(size) for name, size in sizes.items()}
    biases = {f"text_encoder.{name}.bias": torch.randn(size[0]) for name, size in sizes.items() if "embeddings" not in name}
    return weights | biases


def write(folder):
    """Both files, in a process of its own: the peak of a process counts that of the one that started it."""
    import safetensors.torch
    import torch

    tensors = state_dict()
    torch.save({"epoch": 3, "BLIPTextEncoder": tensors}, os.path.join(folder, "text.pt"))
    safetensors.torch.save_file(tensors, os.path.join(folder, "text.safetensors"), {"format": "pt", "gocir.kind": "text"})


def read(path):
    """What Python takes."""
    import safetensors.torch
    import torch

    wall, cpu = time.perf_counter(), time.process_time()
    if path.endswith(".pt"):
        tensors = torch.load(path, weights_only=True)["BLIPTextEncoder"]
    else:
        tensors = safetensors.torch.load_file(path)
    for tensor in tensors.values():
        tensor.sum().item()
    print("seconds", time.perf_counter() - wall, time.process_time() - cpu)


def measure(command, **env):
    """Seconds, seconds of processors, and the peak in MiB of a command."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | env)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(output)
    cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    if found := re.search(r"seconds (\S+) (\S+)", output):
        return float(found[1]), float(found[2]), peak
    return float(re.search(r"(\d+) ns/op", output)[1]) / 1e9, cpu, peak


def main(repeats):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, __file__, "write", folder], check=True)
        benchmark = os.path.join(folder, "checkpoints.test")
        environment = {"GOEXPERIMENT": "simd"} | os.environ
        subprocess.run(["go", "test", "-c", "-o", benchmark, "./checkpoints"], check=True, env=environment)
        arguments = ["-test.run=^$", "-test.bench=Text$", "-test.benchtime=1x"]
        print("file, by: seconds, seconds of processors, peak MiB")
        for kind in ["pt", "safetensors"] * repeats:
            path = os.path.join(folder, "text." + kind)
            go = measure([benchmark, *arguments], GOCIR_CHECKPOINT=path)
            python = measure([sys.executable, __file__, "read", path])
            for by, values in ((GO, go), (PYTHON, python)):
                print(f"{kind}, {by}: " + ", ".join(f"{v:.3f}" for v in values), flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", folder]:
            write(folder)
        case ["read", path]:
            read(path)
        case rest:
            main(int(rest[0]) if rest else 3)
