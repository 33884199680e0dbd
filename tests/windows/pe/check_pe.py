#!/usr/bin/env python3
"""Checks a Windows executable as a server will see it.

usage: check_pe.py OBJDUMP EXE [LIBRARY...]

EXE: 64-bit PE; every DLL that it imports is part of every Windows Server 2016 and later; the loader is told to
randomise its address (with high entropy) and not to execute data; the relocations that this needs are there.
LIBRARY: static libraries whose code is linked in; each calls __stack_chk_fail, so the stack protector is in effect.
Prints each fault. Exit code 0 when there is none, 1 otherwise.
"""

import re
import subprocess
import sys

# All of System32. A DLL is added here when a need for it was seen, not before; what mingw-w64 would bring along
# (libwinpthread-1, libgcc_s_seh-1, libssp-0) is on no server.
SYSTEM_DLLS = {
    "advapi32.dll",
    "bcrypt.dll",
    "crypt32.dll",
    "iphlpapi.dll",
    "kernel32.dll",
    "mpr.dll",
    "msvcrt.dll",
    "netapi32.dll",
    "ntdll.dll",
    "ole32.dll",
    "rpcrt4.dll",
    "secur32.dll",
    "shell32.dll",
    "user32.dll",
    "ws2_32.dll",
}
CHARACTERISTICS = {
    "HIGH_ENTROPY_VA": 0x0020,
    "DYNAMIC_BASE": 0x0040,
    "NX_COMPAT": 0x0100,
}


def objdump(program, *arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout


def faults_of_executable(program, exe):
    text = objdump(program, "-p", "-h", exe)
    faults = []
    if "file format pei-x86-64" not in text:
        faults.append("it is not a 64-bit PE executable")
    imports = re.findall(r"DLL Name: (\S+)", text)
    if not imports:
        faults.append("no import table was found")
    faults += [f"it imports {dll}, which is not on every server" for dll in imports if dll.lower() not in SYSTEM_DLLS]
    found = re.search(r"^DllCharacteristics\s+([0-9a-fA-F]+)", text, re.MULTILINE)
    bits = int(found.group(1), 16) if found else 0
    faults += [f"{name} is not set" for name, bit in CHARACTERISTICS.items() if not bits & bit]
    if not re.search(r"^\s*\d+ \.reloc\s", text, re.MULTILINE):
        faults.append("it has no .reloc section, so its address cannot be randomised")
    print(f"{exe}: imports {', '.join(sorted(imports))}; DllCharacteristics 0x{bits:x}")
    return faults


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    program, exe, libraries = sys.argv[1], sys.argv[2], sys.argv[3:]
    faults = [f"{exe}: {fault}" for fault in faults_of_executable(program, exe)]
    for library in libraries:
        if "__stack_chk_fail" not in objdump(program, "-t", library):
            faults.append(f"{library}: built without the stack protector")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
