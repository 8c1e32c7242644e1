"""The Table of General Standard Chinese Characters, from the Unihan database of Unicode, property kTGH."""

import bz2

LEVEL_ONE = 3500  # characters of the table that are common


def table(path):
    """The characters of the table in their order, from Unihan_OtherMappings.txt.bz2."""
    at = {}
    with bz2.open(path, "rt", encoding="utf-8") as f:
        for line in f:
            c = line.rstrip("\n").split("\t")
            if len(c) == 3 and c[1] == "kTGH":
                at[int(c[2].split(":")[1])] = int(c[0][2:], 16)
    assert sorted(at) == list(range(1, 8106)), "the table is not whole"
    return [at[i] for i in range(1, 8106)]
