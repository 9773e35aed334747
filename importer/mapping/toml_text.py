"""Values and lines of a mapping file as TOML text, with the remark behind a line."""

from __future__ import annotations

import json

_WIDTH = 14
CONFIRM = "CONFIRM:"  # begins the remark of a line that a person has to look at


def toml_line(name: str, value: object, remark: str = "") -> str:
    """One line, a remark behind it if there is one."""
    behind = f"  {toml_remark(remark)}" if remark else ""
    return f"{name:<{_WIDTH}} = {toml_value(value)}{behind}"


def toml_remark(text: str) -> str:
    """A remark: one line whatever the bank wrote, with marks for letters that nobody can see and TOML does not allow."""
    shown = (each if each.isprintable() else each.encode("unicode_escape").decode() for each in " ".join(text.split()))
    return f"# {''.join(shown)}"


def toml_value(value: object) -> str:
    """A value as TOML writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(value)
        case list() | tuple():
            return f"[{', '.join(map(toml_value, value))}]"
        case dict():
            return f"{{ {', '.join(f'{_key(str(name))} = {toml_value(each)}' for name, each in value.items())} }}"
    return str(value)


def _quoted(text: str) -> str:
    # Patterns are full of backslashes; in single quotes TOML leaves them alone.
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else _quoted(name)
