"""Writes variants of a library, each with one field wrong: mutate.py LIBRARY DIRECTORY"""
import os
import struct
import sys

source, directory = sys.argv[1:]
image = open(source, "rb").read()
os.makedirs(directory, exist_ok=True)

# Elf64_Ehdr and Elf64_Phdr: name, offset, struct format
HEADER = [
    ("class", 4, "B"), ("data", 5, "B"), ("ident-version", 6, "B"), ("osabi", 7, "B"),
    ("abiversion", 8, "B"), ("pad", 12, "B"), ("type", 16, "H"), ("machine", 18, "H"),
    ("version", 20, "I"), ("entry", 24, "Q"), ("phoff", 32, "Q"), ("shoff", 40, "Q"),
    ("flags", 48, "I"), ("ehsize", 52, "H"), ("phentsize", 54, "H"), ("phnum", 56, "H"),
]
SEGMENT = [
    ("type", 0, "I"), ("flags", 4, "I"), ("offset", 8, "Q"), ("vaddr", 16, "Q"),
    ("filesz", 32, "Q"), ("memsz", 40, "Q"), ("align", 48, "Q"),
]
VALUES = {"B": (0, 1, 3, 0xFF), "H": (0, 1, 2, 0xFFFF), "I": (0, 7, 0x7FFFFFFF),
          "Q": (0, 1, 24, 0x1000, 1 << 62)}


def write(name, content):
    with open(os.path.join(directory, f"lib{name}.so"), "wb") as f:
        f.write(content)


def mutants(prefix, base, fields):
    for name, offset, form in fields:
        for value in VALUES[form]:
            old = image[base + offset:base + offset + struct.calcsize("<" + form)]
            new = struct.pack("<" + form, value)
            if new != old:
                at = base + offset
                write(f"{prefix}-{name}-{value:x}", image[:at] + new + image[at + len(new):])


mutants("header", 0, HEADER)
phoff, = struct.unpack_from("<Q", image, 32)
phnum, = struct.unpack_from("<H", image, 56)
for i in range(phnum):
    at = phoff + 56 * i
    kind, = struct.unpack_from("<I", image, at)
    mutants(f"segment{i}", at, SEGMENT)
    if kind == 2:  # PT_DYNAMIC: one entry at a time loses its meaning
        offset, size = (struct.unpack_from("<Q", image, at + o)[0] for o in (8, 32))
        for n in range(0, size, 16):
            tag, value = struct.unpack_from("<QQ", image, offset + n)
            if tag == 0:
                break
            for new in (0x7FFFFFF0, 0x6FFFFFFB):
                write(f"dynamic-{tag:x}-as-{new:x}", image[:offset + n] +
                      struct.pack("<QQ", new, value) + image[offset + n + 16:])
for size in (0, 1, 4, 16, 40, 63, 64, 65, 100, 500, 832, 4096, 4097, len(image) // 2):
    write(f"cut-{size}", image[:size])
write("zeros", bytes(len(image)))
write("script", b"/* GNU ld script */\nINPUT ( libplain.so )\n")
write("shell", b"#!/bin/sh\nexit 0\n")
write("twice", image + image)
