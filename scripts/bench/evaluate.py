"""CIRR's seven recalls in PyTorch and NumPy, the way the original takes them: every query's whole ranking, as names.

It is here to be timed beside `go test -bench Rank ./lab`, and run by itself it prints seconds for drawn embeddings in the
size of CIRR's validation split: python scripts/bench/evaluate.py [repeats]
"""

import sys
import time

import numpy as np
import torch


def recalls(composed, index, names, references, targets, members):
    """Percentages: R@1, 5, 10, 50 without the reference, then R_subset@1, 2, 3.

    composed [B, E] and index [G, E] are normalised tensors; names are the gallery's G images; references and targets
    are a name per query, members a list of the subset's names per query.
    """
    distances = 1 - composed @ index.T
    ranking = np.array(names)[torch.argsort(distances, dim=-1).numpy()]
    queries = len(ranking)
    ranking = ranking[ranking != np.array(references)[:, None]].reshape(queries, -1)
    found = ranking == np.array(targets)[:, None]
    in_subset = (ranking[:, :, None] == np.array(members)[:, None, :]).any(axis=-1)
    found_in_subset = found[in_subset].reshape(queries, -1)
    by_rank, by_subset_rank = found.mean(axis=0).cumsum(), found_in_subset.mean(axis=0).cumsum()
    return [100 * float(by_rank[k - 1]) for k in (1, 5, 10, 50)] + [100 * float(by_subset_rank[k - 1]) for k in (1, 2, 3)]


def drawn(queries=4181, images=2297, width=256, seed=0):
    """Arguments of recalls in the size of CIRR's validation split."""
    draw = np.random.default_rng(seed)
    torch.manual_seed(seed)
    names = [f"dev-{i // 6:04}-{i % 6}-img{i % 2}" for i in range(images)]
    members = [[names[i] for i in draw.choice(images, 6, replace=False)] for _ in range(queries)]
    unit = torch.nn.functional.normalize
    return (
        unit(torch.randn(queries, width)),
        unit(torch.randn(images, width)),
        names,
        [m[0] for m in members],
        [m[1] for m in members],
        members,
    )


if __name__ == "__main__":
    arguments = drawn()
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 3):
        wall, cpu = time.perf_counter(), time.process_time()
        print([round(r, 2) for r in recalls(*arguments)])
        print(f"{time.perf_counter() - wall:.2f} s, {time.process_time() - cpu:.2f} s of processors")
