"""What mkdocs does beyond its settings: the README is the first page, and links to files that are no pages are text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUTPUTS = ("tree.png", "tree.svg", "family-tree.svg", "explorer.html")


def on_files(files: Any, config: Any) -> Any:
    """Add the README as the first page."""
    from mkdocs.structure.files import File

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    # On this page the documents and the outputs lie beside it.
    text = re.sub(r"\]\(docs/", "](", text)
    for name in OUTPUTS:
        if (ROOT / "output" / name).is_file():
            text = text.replace(f"](output/{name})", f"]({name})")
            files.append(File.generated(config, name, abs_src_path=str(ROOT / "output" / name)))
    files.append(File.generated(config, "index.md", content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turn links to files that are no page of the site into their names."""
    here = (ROOT / "docs" / page.file.src_uri).parent

    def kept(found: re.Match[str]) -> str:
        text, target = found[1], found[2].partition("#")[0]
        page_path = (here / target).resolve()
        inside = page_path.is_relative_to(ROOT / "docs") and page_path.is_file()
        return found[0] if inside or not target or target in OUTPUTS else text

    return re.sub(r"(?<!!)\[([^\]]+)\]\((?!https?:)([^)]+)\)", kept, markdown)
