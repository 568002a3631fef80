"""The best 50 of a million images for a thousand queries in PyTorch: by sorting all scores, and by topk.

It is here to be timed beside `go test -run '^$' -bench SearchFullSize -benchtime 1x ./cir/retrieve`.

    python scripts/bench/search.py [sort|topk] [queries] [images]
"""

import sys
import time

import torch


def by_sorting(queries, gallery, k=50, chunk=100):
    """Places of the k best per query, [B, k], from queries [B, E] and gallery [G, E]."""
    parts = [(part @ gallery.T).argsort(dim=-1, descending=True)[:, :k].clone() for part in queries.split(chunk)]
    return torch.cat(parts)


def by_topk(queries, gallery, k=50, chunk=100):
    """The same without sorting the rest."""
    return torch.cat([(part @ gallery.T).topk(k, dim=-1).indices for part in queries.split(chunk)])


def main(way="sort", queries=1000, images=1_000_000, width=256):
    torch.manual_seed(0)
    unit = torch.nn.functional.normalize
    gallery, composed = unit(torch.randn(int(images), width)), unit(torch.randn(int(queries), width))
    search = {"sort": by_sorting, "topk": by_topk}[way]
    wall, cpu = time.perf_counter(), time.process_time()
    search(composed, gallery)
    print(f"{way}: {time.perf_counter() - wall:.2f} s, {time.process_time() - cpu:.2f} s of processors for {queries} queries")
    one = composed[:1].clone()
    wall = time.perf_counter()
    for _ in range(5):
        search(one, gallery)
    print(f"{way}: {(time.perf_counter() - wall) / 5 * 1000:.0f} ms for one query")


if __name__ == "__main__":
    main(*sys.argv[1:])
