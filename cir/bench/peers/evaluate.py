"""CIRR's seven recalls as the original computes them: all distances, sorted whole, then compared by name."""

import numpy as np
import torch
from torch.nn import functional as F


def recalls(composed, index, names, references, targets, members):
    """Recall@1, 5, 10, 50 without the reference, and recall in the subset @1, 2, 3, in percent.

    names: [G]; references, targets: [Q] names; members: [Q, 6] names.
    """
    index = F.normalize(index, dim=-1)
    order = torch.argsort(1 - composed @ index.T, dim=-1).cpu()
    ranked = np.array(names)[order]
    rest = ranked != np.repeat(np.array(references), len(names)).reshape(len(targets), -1)
    ranked = ranked[rest].reshape(len(targets), len(names) - 1)
    right = ranked == np.repeat(np.array(targets), len(names) - 1).reshape(len(targets), -1)
    inside = (ranked[..., None] == np.array(members)[:, None, :]).sum(-1).astype(bool)
    subset = right[inside].reshape(len(targets), -1)
    share = lambda found, k: float(found[:, :k].sum() / len(found) * 100)
    return [share(right, k) for k in (1, 5, 10, 50)] + [share(subset, k) for k in (1, 2, 3)]


def work(s):
    """The work of `peer.py recalls`."""
    names = [f"dev-{i}-0-img{i % 6}" for i in range(len(s.inputs["index"]))]
    named = lambda places: [names[i] for i in places.tolist()]
    references, targets = named(s.inputs["references"]), named(s.inputs["targets"])
    members = [named(places) for places in s.inputs["members"]]
    run = lambda: recalls(s.inputs["composed"], s.inputs["index"], names, references, targets, members)
    return run, run
