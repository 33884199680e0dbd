#!/usr/bin/env python3
"""Keeps the rules of the house (tests/house/README.md) by reading the source.

usage: house.py ROOT

Prints each offence as `file:line: rule: the line`, then a count. Exit code 0 when there is none, 1 otherwise.
"""

import os
import re
import subprocess
import sys

# What a folder may include from: dependencies point down only.
LAYERS = {
    "parser": {"parser"},
    "platform": {"platform"},
    "database": {"database", "parser", "platform"},
    "outbound": {"outbound", "database", "parser", "platform"},
    "service": {"service", "outbound", "database", "parser", "platform"},
}
CODE_FOLDERS = tuple(LAYERS) + ("installer",)

# Headers that the build writes, and where they may be included. They are named without a folder.
GENERATED = {
    "corbridge_version.h": r"service/|tests/",
    "corbridge_xsd.h": r"service/|tests/",
    "event_ids.inc": r"service/event\.c|tests/",
    "event_table.inc": r"service/event\.c|tests/",
}

# (what, headers, files that may include them). tests/ may include anything.
EDGES = (
    (
        "Windows headers stand only in platform/*_win32.[ch] and service/windows/",
        r"windows|windowsx|win[a-z0-9]+|io|direct|process|tchar|aclapi|accctrl|sddl|bcrypt|ntstatus|shellapi|shlobj"
        r"|shlwapi|objbase|combaseapi|lm[a-z]*|psapi|tlhelp32|iphlpapi|fileapi|ioapiset|synchapi|processthreadsapi"
        r"|minwinbase|minwindef|errhandlingapi|handleapi|evntprov|dbghelp|wtsapi32|versionhelpers|wbemcli|ntsecapi",
        r"platform/[^/]*_win32\.[ch]$|service/windows/(?![^/]*_posix\.)",
    ),
    (
        "POSIX headers stand only in *_posix.[ch], and in platform/thread.h for the size of a mutex",
        r"unistd|pthread|fcntl|dirent|poll|ftw|glob|pwd|grp|dlfcn|spawn|semaphore|sched|sys/.*|netinet/.*|arpa/.*",
        r"(platform|service)/.*_posix\.[ch]$|platform/thread\.h$",
    ),
    ("sqlite3.h stands only in database/", r"sqlite3|sqlite3ext", r"database/"),
    (
        "libxml2 stands only in parser/xml*.c and service/config*.c",
        r"(libxml2/)?libxml/.*",
        r"parser/xml[^/]*\.c$|service/config[^/]*\.c$",
    ),
    ("libcurl stands only in platform/http_curl.c", r"curl/.*", r"platform/http_curl\.c$"),
    ("cmocka stands only in tests/", r"cmocka|cmocka_private", r"tests/"),
)

# Calls that no C file may make, tests included: unbounded, blind to errors, or with hidden state.
BANNED_CALLS = "strcpy strcat sprintf vsprintf gets atoi atol atoll atof strtok alloca " \
               "wcscpy wcscat swprintf wcstok tmpnam mktemp asctime ctime gmtime localtime".split()
# A parser is a function of its bytes: no files, no clock, no environment, no threads.
BANNED_IN_PARSER = "fopen open fread fwrite printf fprintf puts fputs time clock clock_gettime timespec_get mktime " \
                   "getenv setlocale rand srand system exit".split()

MAX_LINES = 800
UNFINISHED_ANYWHERE = re.compile(r"\b(TODO|FIXME)\b")
UNFINISHED_IN_CODE = re.compile(r"\b(XXX|HACK|(?i:stub|stubbed|not implemented))\b")

TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def tracked(root):
    """All files of the tree that git keeps or would keep; every file where there is no git checkout."""
    done = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, check=False
    )
    if done.returncode == 0 and os.path.exists(os.path.join(root, ".git")):
        names = {name.decode() for name in done.stdout.split(b"\0") if name}
        return sorted(name for name in names if os.path.isfile(os.path.join(root, name)))
    names = []
    for folder, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f not in (".git", "build")]
        names += [os.path.relpath(os.path.join(folder, f), root).replace(os.sep, "/") for f in files]
    return sorted(names)


def without_comments_and_strings(text):
    """The same lines and columns, with comments and the inside of literals blanked."""
    return TOKEN.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


class House:
    def __init__(self, root):
        self.root = root
        self.files = tracked(root)
        self.offences = []

    def offend(self, name, number, rule, line):
        self.offences.append(f"{name}:{number}: {rule}: {line.strip()}")

    def check_includes(self, name, lines):
        layer = name.split("/")[0]
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quote, header = match.groups()
            if quote == '"':
                self.check_own_include(name, number, line, layer, header)
            elif header.endswith(".h") and layer != "tests":
                for rule, headers, places in EDGES:
                    if re.fullmatch(headers, header[:-2]) and not re.match(places, name):
                        self.offend(name, number, rule, line)

    def check_own_include(self, name, number, line, layer, header):
        if header in GENERATED:
            if not re.match(GENERATED[header], name):
                self.offend(name, number, "this generated header is not for this folder", line)
            return
        owner = header.split("/")[0]
        if "/" not in header or ".." in header.split("/"):
            self.offend(name, number, "#include is written from the root of the tree", line)
        elif layer in LAYERS and owner not in LAYERS[layer]:
            allowed = ", ".join(sorted(LAYERS[layer]))
            self.offend(name, number, f"dependencies point down: {layer}/ may include only from {allowed}", line)
        elif header not in self.files:
            self.offend(name, number, "there is no such header in the tree", line)

    def check_code(self, name, text):
        lines = text.split("\n")
        # Comments would hide nothing here but a commented-out include, which is no include.
        bare = without_comments_and_strings(text).split("\n")
        self.check_includes(name, [line if "include" in dark else "" for line, dark in zip(lines, bare)])
        banned = list(BANNED_CALLS)
        if name.startswith("parser/"):
            banned += BANNED_IN_PARSER
        call = re.compile(r"(?<![\w.>])(" + "|".join(banned) + r")\s*\(")
        for number, line in enumerate(bare, 1):
            found = call.search(line)
            if found:
                self.offend(name, number, f"{found.group(1)}() is not used here", lines[number - 1])
        for number, line in enumerate(lines, 1):
            if UNFINISHED_IN_CODE.search(line):
                self.offend(name, number, "nothing unfinished is kept", line)

    def check_folders(self):
        """Each folder that holds code has a README.md."""
        needed = {f for f in CODE_FOLDERS if any(name.startswith(f + "/") for name in self.files)}
        for name in self.files:
            folder = os.path.dirname(name)
            if name.endswith((".c", ".h")) and folder.split("/")[0] in CODE_FOLDERS:
                needed.add(folder)
        for folder in sorted(needed):
            if folder + "/README.md" not in self.files:
                self.offend(folder, 1, "each folder of code has a README.md", "it is missing")

    def run(self):
        for name in self.files:
            if name.startswith(("tests/fixtures/", "tests/fuzz/corpus/", "tests/house/")):
                continue
            with open(os.path.join(self.root, name), "rb") as file:
                data = file.read()
            if b"\0" in data:
                continue
            text = data.decode("utf-8", "replace")
            for number, line in enumerate(text.split("\n"), 1):
                if UNFINISHED_ANYWHERE.search(line):
                    self.offend(name, number, "nothing unfinished is kept", line)
            if name.endswith((".c", ".h", ".py", ".sh", ".cmake", ".nsi", ".nsh")) or name == "dev":
                count = text.count("\n")
                if count > MAX_LINES:
                    self.offend(name, count, f"a file has at most {MAX_LINES} lines", f"it has {count}")
            if name.endswith((".c", ".h")):
                self.check_code(name, text)
        self.check_folders()
        return self.offences


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    house = House(sys.argv[1])
    offences = house.run()
    for offence in offences:
        print(offence)
    print(f"house: {len(house.files)} files read, {len(offences)} offences")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
