"""Reads or writes a safetensors file with the reference implementation and prints what it holds as JSON.

    python tensors.py read FILE
    python tensors.py write FILE SEED
"""

import hashlib
import json
import math
import sys

import numpy
import safetensors
from safetensors import TensorSpec
from safetensors.numpy import load_file

# What the writer calls each type, and the bytes of an element.
DTYPES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int64": 8, "int32": 4, "int16": 2, "int8": 1,
          "uint8": 1, "bool": 1}


def main():
    command, path = sys.argv[1:3]
    if command == "write":
        write(path, numpy.random.default_rng(int(sys.argv[3])))
    print(json.dumps(read(path)))


def read(path):
    """{"metadata": …, "tensors": {name: {dtype, shape, sha256 of the bytes}}}."""
    with open(path, "rb") as file:
        tensors = {name: {"dtype": t["dtype"], "shape": t["shape"], "sha256": hashlib.sha256(t["data"]).hexdigest()}
                   for name, t in safetensors.deserialize(file.read())}
    check_arrays(path, tensors)
    with safetensors.safe_open(path, "np") as file:
        return {"metadata": file.metadata() or {}, "tensors": tensors}


def check_arrays(path, tensors):
    """The arrays that a user gets by name have the same shapes and bytes. NumPy has no bfloat16 to give."""
    if any(t["dtype"] == "BF16" for t in tensors.values()):
        return
    for name, array in load_file(path).items():
        assert list(array.shape) == tensors[name]["shape"], name
        assert hashlib.sha256(array.tobytes()).hexdigest() == tensors[name]["sha256"], name


def write(path, random):
    """Writes tensors of every type, random in shape and content."""
    specs, keep = {}, []  # a spec holds an address only
    for i, (dtype, size) in enumerate(DTYPES.items()):
        shape = [int(n) for n in random.integers(0, 5, i % 4)]
        data = random.integers(0, 2 if dtype == "bool" else 256, size * math.prod(shape), numpy.uint8)
        keep.append(data)
        specs[f"block.{i}.{dtype} ✓"] = TensorSpec(dtype=dtype, shape=shape, data_ptr=data.ctypes.data, data_len=data.nbytes)
    safetensors.serialize_file(specs, path, {"note": "ä \"quoted\" \\ \n", "empty": ""})


if __name__ == "__main__":
    main()
