#!/usr/bin/env python3
"""Writes parser/zone.c's table from the compiled time zone files of the build machine.

    zones.py --zoneinfo /usr/share/zoneinfo --output zone_table.c

Which zones: parser/README.md, "Zones". Source: Debian's package tzdata, files of the form TZif version 2 or
later (RFC 8536). What is written: every change of the offset from UTC from 1950 to the end of 2100; where the file ends
with a rule for all later years (its POSIX footer) the rule is expanded. Zones with equal tables share one.

The form of the table is described in parser/zone_table.h. Whatever does not fit into it ends the build with a message.
"""

import argparse
import calendar
import os
import re
import struct
import subprocess
import sys

FIRST_SECOND = calendar.timegm((1950, 1, 1, 0, 0, 0))
END_SECOND = calendar.timegm((2101, 1, 1, 0, 0, 0))
TYPE_BITS = 5

# The Americas by folder, and the names outside of the folders: old links, US territories in the Pacific, and UTC.
FOLDERS = ("America/", "US/", "Canada/", "Mexico/", "Brazil/", "Chile/")
SINGLES = ("Cuba", "Jamaica", "Navajo", "EST", "MST", "HST", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT",
           "Pacific/Honolulu", "Pacific/Guam", "Pacific/Saipan", "Pacific/Pago_Pago", "UTC", "Etc/UTC")
# Without these the zone files are not what we take them for.
NEEDED = ("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
          "America/Anchorage", "America/Puerto_Rico", "America/Indiana/Knox", "US/Pacific", "Canada/Eastern",
          "Pacific/Honolulu", "Pacific/Guam", "Pacific/Saipan", "Pacific/Pago_Pago", "UTC", "Etc/UTC")


def fail(message):
    sys.exit(f"zones.py: {message}")


def wanted(name):
    return name.startswith(FOLDERS) or name in SINGLES


def read_tzif(path):
    """(transitions, offsets, first, footer): [(utc second, type)], [seconds east of UTC], type before the first."""
    with open(path, "rb") as file:
        data = file.read()

    def header(at):
        if data[at:at + 4] != b"TZif" or data[at + 4:at + 5] < b"2":
            fail(f"'{path}' is not a TZif file of version 2 or later")
        return struct.unpack(">6L", data[at + 20:at + 44])

    isutc, isstd, leap, times, types, chars = header(0)
    second = 44 + times * 5 + types * 6 + chars + leap * 8 + isstd + isutc
    isutc, isstd, leap, times, types, chars = header(second)
    at = second + 44
    moments = struct.unpack(f">{times}q", data[at:at + times * 8])
    at += times * 8
    indexes = data[at:at + times]
    at += times
    offsets = [struct.unpack(">l", data[at + i * 6:at + i * 6 + 4])[0] for i in range(types)]
    at += types * 6 + chars + leap * 12 + isstd + isutc
    footer = data[at:].decode("ascii").strip("\n")
    return list(zip(moments, indexes)), offsets, 0, footer


RULE = re.compile(r"^(?:M(\d+)\.(\d+)\.(\d+)|J(\d+)|(\d+))(?:/([+-]?[\d:]+))?$")
ZONE = re.compile(r"^(?:<[^>]+>|[A-Za-z]+)([+-]?[\d:]+)(?:(?:<[^>]+>|[A-Za-z]+)([+-]?[\d:]+)?,([^,]+),([^,]+))?$")


def seconds_of(text):
    sign = -1 if text.startswith("-") else 1
    parts = [int(part) for part in text.lstrip("+-").split(":")] + [0, 0]
    return sign * (parts[0] * 3600 + parts[1] * 60 + parts[2])


def local_second(rule, year):
    """The moment of a POSIX rule in a year, as seconds since 1970 of the local reading (RFC 8536, 3.3.1)."""
    match = RULE.match(rule)
    if not match:
        fail(f"the rule '{rule}' is not understood")
    month, week, weekday, julian, day_zero, time = match.groups()
    if month:
        first = calendar.timegm((year, int(month), 1, 0, 0, 0)) // 86400
        day = first + (int(weekday) - (first + 4) % 7) % 7 + (int(week) - 1) * 7
        if int(week) == 5 and day >= first + calendar.monthrange(year, int(month))[1]:
            day -= 7
    else:
        day = calendar.timegm((year, 1, 1, 0, 0, 0)) // 86400
        if julian:  # J1 to J365, 29 February is never counted
            day += int(julian) - 1 + (1 if calendar.isleap(year) and int(julian) >= 60 else 0)
        else:
            day += int(day_zero)
    return day * 86400 + seconds_of(time or "2")


def expand(footer, after, path):
    """[(utc second, offset)] of a footer from the moment `after` on, which is itself in force from there."""
    match = ZONE.match(footer)
    if not match:
        fail(f"the footer '{footer}' of '{path}' is not understood")
    standard = -seconds_of(match.group(1))
    if not match.group(3):
        return [(after, standard)]
    summer = -seconds_of(match.group(2)) if match.group(2) else standard + 3600
    changes = []
    for year in range(1949, 2102):
        changes.append((local_second(match.group(3), year) - standard, summer))
        changes.append((local_second(match.group(4), year) - summer, standard))
    changes.sort()
    now = standard
    for moment, offset in changes:
        if moment <= after:
            now = offset
    return [(after, now)] + [change for change in changes if change[0] > after]


def changes_of(path):
    """(offset at the start of 1950, ((utc second, offset), ...)) without changes that change nothing."""
    transitions, offsets, first, footer = read_tzif(path)
    every = [(moment, offsets[index]) for moment, index in transitions]
    start = every[-1][0] if every else FIRST_SECOND - 1
    if footer:
        every += expand(footer, start, path) if not every else expand(footer, start, path)[1:]
    now = offsets[first]
    kept = []
    for moment, offset in every:
        if moment <= FIRST_SECOND:
            now = offset
            kept = []
        elif moment < END_SECOND and offset != (kept[-1][1] if kept else now):
            kept.append((moment, offset))
    return now, tuple(kept)


def links_of(zoneinfo):
    """name -> target of the links in tzdata.zi: Debian may leave old names out of the folder."""
    links = {}
    try:
        with open(os.path.join(zoneinfo, "tzdata.zi"), encoding="utf-8") as file:
            for line in file:
                words = line.split()
                if len(words) == 3 and words[0] == "L":
                    links[words[2]] = words[1]
    except FileNotFoundError:
        pass
    return links


def version_of(zoneinfo):
    for name, pattern in (("tzdata.zi", r"^# version (\S+)"), ("+VERSION", r"^(\S+)")):
        try:
            with open(os.path.join(zoneinfo, name), encoding="utf-8") as file:
                match = re.match(pattern, file.readline())
                if match and match.group(1) != "unknown":
                    return match.group(1)
        except FileNotFoundError:
            pass
    try:
        shown = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "tzdata"], capture_output=True, text=True,
                               check=True).stdout
        return shown.split("-")[0]
    except (OSError, subprocess.CalledProcessError):
        fail(f"'{zoneinfo}' does not say which version of tzdata it is")


def collect(zoneinfo):
    """name -> path of every zone that is compiled in."""
    found = {}
    for folder, _, files in os.walk(zoneinfo, followlinks=True):
        for file in files:
            path = os.path.join(folder, file)
            name = os.path.relpath(path, zoneinfo)
            if wanted(name):
                found[name] = path
    links = links_of(zoneinfo)
    for name in links:
        target = name
        while target in links:
            target = links[target]
        if wanted(name) and name not in found and os.path.isfile(os.path.join(zoneinfo, target)):
            found[name] = os.path.join(zoneinfo, target)
    missing = [name for name in NEEDED if name not in found]
    if missing:
        fail(f"'{zoneinfo}' lacks {', '.join(missing)}; install Debian's package tzdata")
    return found


def rows(numbers, form, width):
    for at in range(0, len(numbers), width):
        yield "    " + ", ".join(form(number) for number in numbers[at:at + width]) + ",\n"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--zoneinfo", required=True)
    arguments.add_argument("--output", required=True)
    options = arguments.parse_args()

    transitions, offsets, rules, rule_index, zones = [], [], [], {}, []
    for name, path in sorted(collect(options.zoneinfo).items(), key=lambda item: item[0].encode()):
        begin, changes = changes_of(path)
        key = (begin, changes)
        if key not in rule_index:
            types = [begin] + sorted({offset for _, offset in changes} - {begin})
            if len(types) > 1 << TYPE_BITS:
                fail(f"'{name}' has more than {1 << TYPE_BITS} offsets")
            packed = []
            for moment, offset in changes:
                minutes, rest = divmod(moment - FIRST_SECOND, 60)
                if rest:
                    fail(f"'{name}' changes its offset at {moment}, which is no whole minute")
                packed.append(minutes << TYPE_BITS | types.index(offset))
            rule_index[key] = len(rules)
            rules.append((len(transitions), len(packed), len(offsets)))
            transitions += packed
            offsets += types
        zones.append((name, rule_index[key]))

    out = [f"/* Written by cmake/zones.py from tzdata {version_of(options.zoneinfo)}: do not edit. */\n",
           '#include "parser/zone_table.h"\n\n',
           f'const char zone_table_version[] = "{version_of(options.zoneinfo)}";\n\n',
           "const uint32_t zone_table_transitions[] = {\n", *rows(transitions, "{}u".format, 9), "};\n\n",
           "const int32_t zone_table_offsets[] = {\n", *rows(offsets, str, 14), "};\n\n",
           "const struct zone_rules zone_table_rules[] = {\n",
           *rows(rules, lambda rule: "{%du, %du, %du}" % rule, 6), "};\n\n",
           f"const size_t zone_table_count = {len(zones)};\n\n",
           "const struct zone zone_table[] = {\n",
           *(f'    {{"{name}", {index}u}},\n' for name, index in zones), "};\n"]
    with open(options.output, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(out)


if __name__ == "__main__":
    main()
