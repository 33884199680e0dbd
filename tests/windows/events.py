#!/usr/bin/env python3
"""Reads the calls of ReportEventW out of a trace of Wine.

usage: events.py TRACE [FROM_LINE]

Wine keeps no event log: ReportEventW answers TRUE and forgets. Its relay trace (RelayInclude = advapi32.ReportEventW) shows the call
and its debug channel the strings, that of an error event as err:, of a warning as warn:, of information as trace: lines

    0120:Call advapi32.ReportEventW(cafe4242,00000004,00000000,40000064,00000000,00000003,00000000,...) ret=...
    0120:trace:eventlog:ReportEventW L"0.1.0"

Prints one event a line, tab-separated: identifier (0x40000064), then the strings, with tabs and line ends as blanks.
"""

import re
import sys

# A WORD is shown with whatever stands above it in its register: its last four digits count.
CALL = re.compile(
    r"^([0-9a-f]{4}):Call advapi32\.ReportEventW\([0-9a-f]+,[0-9a-f]*([0-9a-f]{4}),[0-9a-f]+,([0-9a-f]{8}),[0-9a-f]+,"
    r"[0-9a-f]*([0-9a-f]{4}),"
)
STRING = re.compile(r'^([0-9a-f]{4}):(?:err|warn|trace|fixme):eventlog:ReportEventW (L".*)$')


def text_of(shown):
    """What Wine's debugstr_w shows, L"a\\"b\\x00e9", turned back; a cut string ends with "..." behind the quote."""
    units = []
    at = 2
    while at < len(shown) and shown[at] != '"':
        c = shown[at]
        if c != "\\":
            units.append(c)
            at += 1
            continue
        c = shown[at + 1]
        if c in "nrt":
            units.append(" ")
            at += 2
        elif c in '"\\':
            units.append(c)
            at += 2
        else:  # \1f2a: four hexadecimal digits
            units.append(chr(int(shown[at + 1 : at + 5], 16)))
            at += 5
    cut = shown[at:].startswith('"...')
    text = "".join(units).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text + ("…" if cut else "")


def main():
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    open_calls = {}
    with open(sys.argv[1], encoding="latin-1") as trace:
        for number, line in enumerate(trace, 1):
            if number < first:
                continue
            call = CALL.match(line)
            if call:
                event = [f"0x{call.group(3)}"]
                wanted = int(call.group(4), 16)
                if wanted:
                    open_calls[call.group(1)] = (event, wanted)
                else:
                    print(event[0])
                continue
            string = STRING.match(line)
            if string and string.group(1) in open_calls:
                event, wanted = open_calls[string.group(1)]
                event.append(text_of(string.group(2)))
                if len(event) == wanted + 1:
                    print("\t".join(event))
                    del open_calls[string.group(1)]


main()
