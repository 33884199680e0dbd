#!/usr/bin/python3
"""Holds our reading of every value of the real messages against that of python3-hl7, a parser of other people.

usage: hl7_compare.py CORBRIDGE CORPUS

Both take each message apart; what `corbridge show - --json` says of each path must be what the other finds there. Files
that we refuse are left out: test_hl7_corpus says which and why. Skipped (exit code 77), and said so, where the parser or
the messages are missing.
"""
import json
import pathlib
import re
import subprocess
import sys

SKIPPED = 77
ABSENT = object()


def skip(reason):
    print("skipped: " + reason)
    sys.exit(SKIPPED)


try:
    import hl7
except ImportError:
    skip("the Debian package python3-hl7 is not installed")


def parts(container):
    """The parts of a container of python3-hl7; a plain string is its own only part."""
    return [container] if isinstance(container, str) else list(container)


def values_of_field(path, field):
    """Path and text of every part of a field that is not empty, numbered as ours: only where there is more than one."""
    repetitions = parts(field)
    for r, repetition in enumerate(repetitions, 1):
        components = parts(repetition)
        split = any(len(parts(component)) > 1 for component in components)
        for c, component in enumerate(components, 1):
            subcomponents = parts(component)
            for s, subcomponent in enumerate(subcomponents, 1):
                place = path
                if len(repetitions) > 1:
                    place += f"[{r}]"
                if len(components) > 1 or split:
                    place += f".{c}"
                if len(subcomponents) > 1:
                    place += f".{s}"
                if str(subcomponent):
                    yield place, str(subcomponent)


def their_values(text):
    message = hl7.parse(text)
    names = [str(segment[0]) for segment in message]
    seen = {}
    values = {}
    for segment, name in zip(message, names):
        seen[name] = seen.get(name, 0) + 1
        path = name if names.count(name) == 1 else f"{name}[{seen[name]}]"
        for number in range(1, len(segment)):
            header = name == "MSH" and number <= 2
            if header:
                values[f"{path}-{number}"] = str(segment[number])
                continue
            for place, value in values_of_field(f"{path}-{number}", segment[number]):
                values[place] = None if value == '""' else message.unescape(value)
    return values


def our_values(message):
    return {
        value["path"]: None if value.get("delete") else value["value"]
        for segment in message["segments"]
        for value in segment["values"]
    }


def messages_of(text):
    """The messages of a file, as python3-hl7 wants them: CR at the end of lines, nothing around them."""
    lines = [line for line in re.split(r"\r\n|\r|\n", text.lstrip("\ufeff")) if line.strip(" \t")]
    message = []
    for line in lines + ["MSH"]:
        if line[:3] in ("MSH", "FHS", "BHS", "BTS", "FTS") and message:
            yield "\r".join(message) + "\r"
            message = []
        if message or (line[:3] == "MSH" and len(line) > 3):
            message.append(line)


def alike(mine, other):
    """python3-hl7 takes blanks at the end of a segment away; we keep them."""
    if mine is None or other is None:
        return mine is other
    return mine == other or (mine is not ABSENT and mine.rstrip(" ") == ("" if other is ABSENT else other))


def main():
    program, corpus = sys.argv[1], pathlib.Path(sys.argv[2])
    index = corpus / "INDEX.tsv"
    if not index.exists():
        skip(f"there are no messages at {corpus}")
    files = messages = values = different = 0
    for line in index.read_text(encoding="utf-8").splitlines()[1:]:
        name = line.split("\t")[0]
        data = (corpus / name).read_bytes()
        run = subprocess.run([program, "show", "-", "--json"], input=data, capture_output=True, check=False)
        if run.returncode != 0:
            continue
        ours = json.loads(run.stdout)["messages"]
        theirs = list(messages_of(data.decode("utf-8")))
        if len(ours) != len(theirs):
            print(f"{name}: {len(ours)} messages, and by the other count {len(theirs)}")
            different += 1
            continue
        files += 1
        for our, their in zip(ours, theirs):
            messages += 1
            mine, other = our_values(our), their_values(their)
            values += len(mine)
            for path in sorted(mine.keys() | other.keys()):
                if not alike(mine.get(path, ABSENT), other.get(path, ABSENT)):
                    # Of a real message not even its value is printed.
                    print(f"{name}: message {our['number']}, {path}: the two readings differ")
                    different += 1
    print(f"{files} files, {messages} messages, {values} values read alike; {different} differ")
    return 1 if different > 0 or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
