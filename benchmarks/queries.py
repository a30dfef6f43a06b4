"""How long the ten commonest questions, and four more, take as whole processes, and how that grows to a million nodes.

``python benchmarks/queries.py`` times each question warm, beside two peers in the same run and turn about: ``python -c "import
click"``, which any command pays, and the same question asked with networkx over the exported JSON. ``python benchmarks/queries.py
growth`` makes stored graphs of a thousand to a million nodes and tells time and memory of six questions on each. The CPU time of
the process is told beside the wall-clock time, because a busy machine makes the one longer and the other hardly. Every program has
its bytecode, as one that was installed has.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import lineage
from lineage import Edge, LineageGraph, Node, index, store

RUNS = 5
LINEAGE = [sys.executable, "-c", "from lineage.cli import main; main()"]
CLICK = [sys.executable, "-c", "import click"]
QUESTIONS: dict[str, tuple[list[str], str]] = {
    "show": (
        ["show", "llama-2"],
        "g.nodes['llama-2'], list(g.in_edges('llama-2', data=True)), list(g.out_edges('llama-2', data=True))",
    ),
    "path": (["path", "gpt-1", "instructgpt"], "nx.shortest_path(d, 'gpt-1', 'instructgpt')"),
    "path --all": (["path", "transformer", "vicuna", "--all"], "list(nx.all_simple_paths(d, 'transformer', 'vicuna'))"),
    "ancestors": (["ancestors", "vicuna"], "nx.ancestors(d, 'vicuna')"),
    "descendants": (["descendants", "llama"], "nx.descendants(d, 'llama')"),
    "tree": (
        ["tree", "mistral-7b"],
        "'\\n'.join(nx.generate_network_text(d.subgraph({'mistral-7b'} | nx.descendants(d, 'mistral-7b'))))",
    ),
    "common": (["common", "alpaca", "vicuna"], "nx.ancestors(d, 'alpaca') & nx.ancestors(d, 'vicuna')"),
    "is-ancestor": (["is-ancestor", "transformer", "llama-2"], "nx.has_path(d, 'transformer', 'llama-2')"),
    "technique": (
        ["technique", "rope"],
        "sorted(v for _, v, k in g.out_edges('rope', data='kind') if k == 'uses-technique')",
    ),
    "ls": (["ls", "family:llama"], "[n for n, f in g.nodes(data='family') if f == 'Llama']"),
    # Four more, three of which ask of everything.
    "compare": (
        ["compare", "llama-2", "llama-3"],
        "[(f, a.get(f), b.get(f)) for a, b in [(g.nodes['llama-2'], g.nodes['llama-3'])] for f in a.keys() | b.keys()]",
    ),
    "timeline": (["timeline"], "sorted((e['date'], e['kind'], n) for n, ds in g.nodes(data='dates') for e in ds)"),
    "stats": (
        ["stats"],
        "sorted(((len(nx.descendants(d, n)), n) for n in d), reverse=True)[:10], nx.dag_longest_path_length(d)",
    ),
    "ls of all": (["ls"], "sorted((f, n) for n, f in g.nodes(data='date'))"),
}
PEER = """
import json, networkx as nx
content = json.load(open({file!r}, encoding="utf-8"))
g = nx.MultiDiGraph()
g.add_nodes_from((n["id"], n) for n in content["nodes"])
g.add_edges_from((e["source"], e["target"], e) for e in content["edges"])
d = nx.DiGraph((e["source"], e["target"]) for e in content["edges"] if e["kind"] in ("derived-from", "succeeds", "refines"))
print({question})
"""


class Cost(NamedTuple):
    """What one process took."""

    wall: float
    cpu: float
    mebibytes: float
    code: int
    stderr: str


def cost(command: list[str], environment: dict[str, str]) -> Cost:
    """Run a process to its end."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment) as process:
        stderr = process.stderr.read().decode() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode, stderr)


def _environment(directory: Path) -> dict[str, str]:
    names = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**names, "XDG_CACHE_HOME": str(directory / "cache"), "PYTHONPYCACHEPREFIX": str(directory / "bytecode")}


def queries() -> None:
    """Time the questions and print a table: medians, and ratios of medians."""
    from lineage.views.text import as_json

    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        environment = _environment(directory)
        file = directory / "graph.json"
        file.write_text(as_json(lineage.load().to_dict()), encoding="utf-8")
        # Once to store the index, once to note the times of files that rest now, once to have all bytecode.
        for _ in range(3):
            for words, _question in QUESTIONS.values():
                cost([*LINEAGE, *words], environment)
        print("        bare click         lineage                  networkx over JSON")
        ratios = []
        for title, (words, question) in QUESTIONS.items():
            peer = [sys.executable, "-c", PEER.format(file=str(file), question=question)]
            assert not any(cost(one, environment).code for one in (CLICK, [*LINEAGE, *words], peer))
            turns = [[cost(one, environment) for one in (CLICK, [*LINEAGE, *words], peer)] for _ in range(RUNS)]
            wall = [statistics.median(turn[place].wall for turn in turns) for place in range(3)]
            cpu = [statistics.median(turn[place].cpu for turn in turns) for place in range(3)]
            ratios.append(cpu[1] / cpu[0])
            print(
                f"{title:12}{wall[0] * 1000:5.0f} ms {wall[1] * 1000:6.0f} ms  cpu {cpu[1] / cpu[0]:4.2f} x click, "
                f"wall {wall[1] / wall[0]:4.2f} x {wall[2] * 1000:6.0f} ms  {wall[2] / wall[1]:4.1f} x lineage"
            )
        print(f"median of the ratios of CPU time to bare click: {statistics.median(ratios):.2f}")


def synthetic(size: int) -> LineageGraph:
    """A graph of so many models that a hash makes up: every seventh has two parents, every hundredth none."""
    source: dict[str, str] = {"url": "https://example.org/", "shows": "It says so."}
    nodes, edges = [], []
    for number in range(size):
        name = f"m{number}"
        date = str(2000 + 20 * number // size)
        data: dict[str, Any] = {
            "id": name,
            "kind": "model",
            "name": name.upper(),
            "aliases": [],
            "organizations": ["Acme"],
        }
        data |= {"dates": [{"kind": "paper", "date": date}], "date": date, "family": f"F{number % 97}"}
        data |= {"architecture": "decoder-only", "weights": "open", "sources": [source], "location": "x.yaml:1"}
        nodes.append(Node(name, "model", name.upper(), date, data))
        for turn in range(0 if number % 100 == 0 else 1 + (number % 7 == 0)):
            parent = f"m{((number + turn) * 2654435761 >> 9) % number}"
            words: dict[str, Any] = {"source": parent, "target": name, "kind": "derived-from", "relation": "finetuned"}
            words |= {"basis": "weights", "evidence": "stated", "sources": [source]}
            edges.append(Edge(parent, name, "derived-from", "finetuned", "weights", "stated", (source,), words))
    return LineageGraph(nodes, {edge.sort_key: edge for edge in edges}.values())


def growth(sizes: list[int]) -> None:
    """Store graphs of rising size and ask six questions of each; print time and the most memory of each process."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            directory = Path(name)
            environment = _environment(directory)
            data = directory / "data"
            data.mkdir()
            file = directory / "cache" / "model-lineage" / f"index-{index.digest(data)}.bin"
            file.parent.mkdir(parents=True)
            began = time.perf_counter()
            # In a process of its own: the memory of a child is counted from that of the process that began it.
            subprocess.run([sys.executable, __file__, "make", str(size), str(file)], check=True)
            file.chmod(0o600)
            print(
                f"{size:9,} nodes: {file.stat().st_size / 2**20:,.0f} MiB, made and stored in {time.perf_counter() - began:.1f} s"
            )
            last = f"m{size - 1}"
            for title, words in (
                ("path", ["path", "m0", last]),
                ("ancestors", ["ancestors", last]),
                ("tree --depth 2", ["tree", "m0", "--depth", "2"]),
                ("ls family:F7", ["ls", "family:F7"]),
                ("ls", ["ls"]),
                ("stats, asked first", ["stats"]),
                ("stats, asked again", ["stats"]),
            ):
                asked = [*LINEAGE, "--data", str(data), *words]
                if "stats" not in words:
                    cost(asked, environment)
                found = cost(asked, environment)
                told = [line for line in found.stderr.splitlines() if found.code > 1 or "takes" in line]
                print(
                    f"    {title:20} {found.wall:7.2f} s  cpu {found.cpu:7.2f} s {found.mebibytes:7,.0f} MiB  "
                    f"exit {found.code} {' '.join(told)}",
                    flush=True,
                )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.argv[1:2] == ["growth"]:
        growth([int(size) for size in sys.argv[2:]] or [1_000, 10_000, 100_000, 1_000_000])
    elif sys.argv[1:2] == ["make"]:
        with Path(sys.argv[3]).open("wb") as made:
            made.writelines(store.dump(synthetic(int(sys.argv[2]))))
    else:
        queries()
