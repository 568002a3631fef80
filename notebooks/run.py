#!/usr/bin/env python3
"""Runs notebooks from top to bottom with the project's Go kernel, each in a kernel of its own.

    run.py --write    NOTEBOOK ...    stores the outputs in the notebooks
    run.py --out DIR  NOTEBOOK ...    leaves the notebooks alone and writes executed copies

It fails where a cell fails: by a compile error, a panic or an exit status, which Jupyter reports, and by a shell line
that exits with a status or a command that the kernel does not know, which Jupyter does not report. `make notebooks`
and `make test-notebooks` call it; it runs in the Python environment that `make kernel` makes.
"""

import argparse
import hashlib
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

UNREPORTED = re.compile(r"^exit status \d+\s*$|unknown or not implemented yet|can only appear at the start", re.M)
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--write", action="store_true", help="store the outputs in the notebooks")
    target.add_argument("--out", type=Path, help="folder of the executed copies")
    parser.add_argument("--timeout", type=int, default=600, help="seconds that a cell may take")
    parser.add_argument("--slow", type=float, default=10, help="name the cells that take at least so many seconds")
    parser.add_argument("notebooks", nargs="+", type=Path)
    args = parser.parse_args()
    os.environ["GOCIR_HEADLESS"] = "1"  # nobody is there to use a widget
    failed = 0
    for path in args.notebooks:
        begun = time.time()
        notebook, problem = run(path, args.timeout, args.slow)
        print(f"{'FAIL' if problem else 'ok  '}  {path.name}  {time.time() - begun:.1f} s", flush=True)
        if problem:
            failed += 1
            print(re.sub(r"(?m)^", "      ", problem.strip()), flush=True)
        if args.out:
            args.out.mkdir(parents=True, exist_ok=True)
        if args.out or not problem:
            store(notebook, args.out / path.name if args.out else path)
    print(f"{len(args.notebooks) - failed} passed, {failed} failed")
    return 1 if failed else 0


def run(path, timeout, slow):
    """Returns the executed notebook and what went wrong, or None."""
    notebook = nbformat.read(path, as_version=4)
    begun = {}

    def told(cell, cell_index, execute_reply):
        seconds = time.time() - begun[cell_index]
        if seconds >= slow:
            print(f"      {path.name}, cell {cell_index}: {seconds:.1f} s", flush=True)

    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="gonb",
        coalesce_streams=True,  # the kernel sends a message for each write
        record_timing=False,
        resources={"metadata": {"path": str(path.parent.resolve())}},  # the kernel's folder, as in JupyterLab
        on_cell_execute=lambda cell, cell_index: begun.update({cell_index: time.time()}),
        on_cell_executed=told,
    )
    try:
        client.execute()
    except NoSuchKernel:
        sys.exit("The Go kernel is not installed: run `make kernel` in the project's folder.")
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        return notebook, ESCAPES.sub("", str(error)) + "\n" + "".join(printed(notebook))
    return notebook, "".join(unreported(notebook)) or None


def printed(notebook):
    """Yields what cells wrote to stderr: mostly the sentence that explains the error."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                yield output.text


def unreported(notebook):
    """Yields the failures that the kernel only prints."""
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr" and UNREPORTED.search(output.text):
                yield f"cell {number} printed on stderr:\n{output.text}\n"


def store(notebook, path):
    """Writes the notebook in a form that depends on its cells and outputs alone, so that differences are small."""
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        cell.metadata = {key: value for key, value in cell.metadata.items() if key == "tags"}
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if shown(output)]
            # Prints and displays reach the kernel by two ways, in no fixed order.
            cell.outputs.sort(key=lambda output: output.output_type != "stream")
            for output in cell.outputs:
                if output.output_type in ("display_data", "execute_result"):
                    output.metadata = {}
    notebook.metadata = nbformat.from_dict({
        "gocir": {"code": digest(code(notebook)), "outputs": digest(outputs(notebook))},
        "kernelspec": {"display_name": "Go (gonb)", "language": "go", "name": "gonb"},
        "language_info": {"name": "go"},
    })
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    temporary = path.with_suffix(".tmp-ipynb")
    nbformat.write(notebook, temporary)
    os.replace(temporary, path)


def shown(output):
    """Tells whether there is anything in an output: a progress bar leaves an empty one."""
    if output.output_type == "stream":
        return bool(output.text)
    return output.output_type == "error" or any(output.data.values())


def code(notebook):
    """Yields what was executed. notebooks_test.go computes the same digests, and finds out who changed only one."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield cell.source


def outputs(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                yield output.name + output.text
            for kind, data in sorted(output.get("data", {}).items()):
                yield kind + data


def digest(parts):
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode() + b"\0")
    return whole.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
