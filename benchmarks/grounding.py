"""The newsroom's peer: grounded-check (pip install grounded-check), its advisory tier with it."""


def grounded(text: str, files: list[str]) -> bool:
    from grounded import check

    return check(text, files, sentences=True).passed and not any(
        f.verdict.value == "weak" for f in check(text, files, sentences=True).heuristic
    )
