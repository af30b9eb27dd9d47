"""Writes the subset of TOML that a Sallyport configuration needs: nested tables, lists, strings, numbers, booleans, dates."""

import datetime
import json


def dumps(tables):
    """`tables` as TOML text. A list of dictionaries becomes an array of tables."""
    lines = []
    _table(lines, (), tables)
    return "\n".join(lines) + "\n"


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return json.dumps(value if isinstance(value, (int, float)) else str(value), ensure_ascii=False)


def _table(lines, path, table):
    nested = []
    for key, value in table.items():
        if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
            nested.append((key, value))
        else:
            lines.append(f"{json.dumps(key, ensure_ascii=False)} = {_value(value)}")
    for key, value in nested:
        here = path + (key,)
        name = ".".join(json.dumps(part, ensure_ascii=False) for part in here)
        for item in value if isinstance(value, list) else [value]:
            lines.append(f"[[{name}]]" if isinstance(value, list) else f"[{name}]")
            _table(lines, here, item)
