#!/usr/bin/env python3
"""Holds the calls of event_report() against messages.mc, since the compiler cannot count what stands behind the id.

usage: event_calls.py ROOT

Every call gives as many inserts as its message has, and every message is reported somewhere.
"""

import pathlib
import re
import sys


def messages(root):
    """Name of each event -> how many inserts."""
    text = (root / "service/windows/messages.mc").read_text(encoding="utf-8")
    found = {}
    for match in re.finditer(r"(?:^;/\* Inserts: (.*) \*/\n)?^MessageId=\d+\n(?:.*\n)*?SymbolicName=(\w+)$", text, re.MULTILINE):
        found[match.group(2)] = len(match.group(1).split(" | ")) if match.group(1) else 0
    return found


def arguments(text, at):
    """The arguments of a call, from behind its opening bracket."""
    out, depth, quoted = [""], 1, False
    while True:
        c = text[at]
        if c == '"' and text[at - 1] != "\\":
            quoted = not quoted
        if not quoted:
            depth += (c in "([{") - (c in ")]}")
            if depth == 0:
                return [argument.strip() for argument in out]
            if c == "," and depth == 1:
                out.append("")
                at += 1
                continue
        out[-1] += c
        at += 1


def main():
    root = pathlib.Path(sys.argv[1])
    known = messages(root)
    faults, seen = [], set()
    for folder in ("service", "outbound"):
        for path in sorted((root / folder).rglob("*.c")):
            if path.name == "event.c":
                continue
            text = path.read_text(encoding="utf-8")
            for match in re.finditer(r"\bevent_report\(", text):
                name, *inserts = arguments(text, match.end())
                where = f"{path.relative_to(root)}:{text.count(chr(10), 0, match.start()) + 1}"
                names = re.findall(r"EVENT_\w+", name)  # `good ? EVENT_A : EVENT_B` names two
                if not names:
                    faults.append(f"{where}: '{name}' names no event; give the id in the call")
                for one in names:
                    seen.add(one)
                    if known.get(one) != len(inserts):
                        faults.append(f"{where}: {one} has {known.get(one)} inserts, {len(inserts)} are given")
    faults += [f"{name} is reported nowhere" for name in sorted(set(known) - seen)]
    print("\n".join(faults + [f"event_calls: {len(known)} events, {len(faults)} faults"]))
    return 1 if faults or len(known) < 30 else 0


sys.exit(main())
