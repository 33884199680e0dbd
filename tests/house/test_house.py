#!/usr/bin/env python3
"""Proves that house.py catches what it is there for: each test plants one offence in a small, clean tree."""

import os
import subprocess
import sys
import tempfile
import unittest

HOUSE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "house.py")

CLEAN = {
    "parser/README.md": "",
    "parser/slice.h": "#include <stddef.h>\n",
    "parser/slice.c": '#include "parser/slice.h"\n/* strcpy(a, b) would be wrong */\nint n = sizeof "gets(x)";\n',
    "parser/xml_reader.c": "#include <libxml/xmlreader.h>\n",
    "platform/README.md": "",
    "platform/file.h": "#include <stdint.h>\n",
    "platform/file_win32.c": '#include "platform/file.h"\n#include <windows.h>\n',
    "platform/file_posix.c": '#include "platform/file.h"\n#include <sys/stat.h>\n',
    "database/README.md": "",
    "database/database.h": '#include "parser/slice.h"\n',
    "database/database.c": '#include "database/database.h"\n#include "platform/file.h"\n#include <sqlite3.h>\n',
    "outbound/README.md": "",
    "outbound/render.c": '#include "database/database.h"\n',
    "service/README.md": "",
    "service/config.c": '#include "corbridge_version.h"\n#include <libxml/parser.h>\n',
    "service/windows/README.md": "",
    "service/windows/main.c": '#include "parser/slice.h"\n#include <windows.h>\n',
    "tests/unit/test_x.c": "#include <cmocka.h>\n#include <windows.h>\n#include <sqlite3.h>\n",
}


class HouseTest(unittest.TestCase):
    def run_house(self, changes):
        with tempfile.TemporaryDirectory() as root:
            for name, text in {**CLEAN, **changes}.items():
                if text is None:
                    continue
                path = os.path.join(root, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
            done = subprocess.run([sys.executable, HOUSE, root], capture_output=True, text=True, check=False)
            return done.returncode, done.stdout

    def assert_caught(self, name, text, *expected):
        code, output = self.run_house({name: text})
        self.assertEqual(code, 1, output)
        for part in expected:
            self.assertIn(part, output)
        self.assertIn(" 1 offences", output)

    def test_a_clean_tree_passes(self):
        code, output = self.run_house({})
        self.assertEqual(code, 0, output)
        self.assertIn(" 0 offences", output)

    def test_dependencies_point_down(self):
        for name, header in (
            ("parser/a.c", "platform/file.h"),
            ("platform/a.c", "parser/slice.h"),
            ("database/a.c", "outbound/send.h"),
            ("outbound/a.c", "service/engine.h"),
            ("parser/a.c", "database/database.h"),
        ):
            line = f'#include "{header}"'
            self.assert_caught(name, "\n" + line + "\n", f"{name}:2:", "dependencies point down", line)

    def test_windows_headers_stay_at_the_edge(self):
        for name in ("platform/file.c", "service/engine.c", "database/a.c", "parser/a.c", "service/windows/a_posix.c"):
            self.assert_caught(name, "#include <windows.h>\n", f"{name}:1:", "Windows headers")
        self.assert_caught("platform/file.h", "#  include <winsvc.h>\n", "platform/file.h:1:", "<winsvc.h>")

    def test_posix_headers_stay_at_the_edge(self):
        for header in ("pthread.h", "sys/stat.h", "unistd.h"):
            self.assert_caught("service/engine.c", f"#include <{header}>\n", "POSIX headers", header)

    def test_sqlite_and_libxml2_have_their_places(self):
        self.assert_caught("outbound/a.c", "#include <sqlite3.h>\n", "sqlite3.h stands only in database/")
        self.assert_caught("service/engine.c", "#include <libxml/tree.h>\n", "libxml2 stands only")
        self.assert_caught("parser/xml.h", "#include <libxml/tree.h>\n", "libxml2 stands only")
        self.assert_caught("platform/http.h", "#include <curl/curl.h>\n", "libcurl stands only in platform/http_curl.c")
        self.assert_caught("service/a.c", "#include <cmocka.h>\n", "cmocka stands only in tests/")

    def test_includes_are_written_from_the_root(self):
        self.assert_caught("parser/a.c", '#include "slice.h"\n', "written from the root")
        self.assert_caught("service/a.c", '#include "parser/../parser/slice.h"\n', "written from the root")
        self.assert_caught("service/a.c", '#include "parser/absent.h"\n', "no such header")
        self.assert_caught("parser/a.c", '#include "corbridge_version.h"\n', "not for this folder")

    def test_a_commented_include_is_none(self):
        code, output = self.run_house({"parser/a.c": "/*\n#include <windows.h>\n*/\n"})
        self.assertEqual(code, 0, output)

    def test_banned_calls(self):
        for call in ("strcpy(a, b)", "sprintf (a, b)", "atoi(a)", "strtok(a, b)", "gets(a)"):
            self.assert_caught("outbound/a.c", f"x = 1;\n{call};\n", "outbound/a.c:2:", call)
        self.assert_caught("tests/unit/test_y.c", "strcat(a, b);\n", "strcat(a, b);")
        self.assert_caught("parser/a.c", "f = fopen(a, b);\n", "fopen() is not used here")
        self.assert_caught("parser/a.c", "t = time(NULL);\n", "time() is not used here")

    def test_safe_calls_of_similar_names_pass(self):
        code, output = self.run_house({"parser/a.c": "snprintf(a, 1, b); my_strcpy(a); date_time(a); x.open(a);\n"})
        self.assertEqual(code, 0, output)

    def test_each_folder_of_code_has_a_readme(self):
        self.assert_caught("parser/README.md", None, "parser:1:", "README.md")
        self.assert_caught("service/spool/claim.c", "int x;\n", "service/spool:1:", "README.md")

    def test_long_files(self):
        self.assert_caught("parser/a.c", "int x;\n" * 801, "parser/a.c:801:", "at most 800 lines")

    def test_nothing_unfinished(self):
        self.assert_caught("parser/a.c", "/* TO" + "DO */\n", "parser/a.c:1:", "nothing unfinished")
        self.assert_caught("docs/a.md", "FIX" + "ME\n", "docs/a.md:1:")
        self.assert_caught("parser/a.c", "/* a st" + "ub */\n", "nothing unfinished")


if __name__ == "__main__":
    unittest.main()
