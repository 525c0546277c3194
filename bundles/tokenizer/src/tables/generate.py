"""Writes unicode.txt: the character tables that tokenizer.json components rely on.

The tokenizers library mixes several versions of Unicode, and none of them is the JDK's, so ids would change
with the JDK if its tables were used. Each table here is what the library answers for every code point, taken
from its public API. Needs Python 3.11 or later and tokenizers 0.23.3:

    pip install tokenizers==0.23.3
    python generate.py > ../main/resources/org/candor/tokenizer/internal/unicode.txt
"""

import unicodedata

from tokenizers import Regex
from tokenizers.normalizers import NFC, NFD, NFKC, NFKD, BertNormalizer, Lowercase, Nmt, StripAccents
from tokenizers.pre_tokenizers import BertPreTokenizer, Digits, Punctuation, Split, Whitespace, WhitespaceSplit

SCALARS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
HANGUL = range(0xAC00, 0xD7A4)


def bert(**on):
    flags = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return BertNormalizer(**(flags | on))


def section(name):
    print(f"[{name}]")


def ranges(name, members):
    section(name)
    found = []
    for c in members:
        if found and found[-1][1] == c - 1:
            found[-1][1] = c
        else:
            found.append([c, c])
    for i in range(0, len(found), 16):
        print(" ".join(f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in found[i : i + 16]))


def mapping(name, pairs):
    section(name)
    for key, values in pairs:
        print(f"{key:X}", *(f"{v:X}" for v in values))


def isolated(pre_tokenizer):
    return [c for c in SCALARS if any(p == chr(c) for p, _ in pre_tokenizer.pre_tokenize_str("a" + chr(c) + "a"))]


def normalized(normalizer):
    return {c: normalizer.normalize_str(chr(c)) for c in SCALARS}


clean = normalized(bert(clean_text=True))
ranges("clean-removes", [c for c in SCALARS if clean[c] == ""])
ranges("clean-blanks", [c for c in SCALARS if clean[c] == " " and c != 0x20])
chinese = normalized(bert(handle_chinese_chars=True))
ranges("chinese", [c for c in SCALARS if len(chinese[c]) == 3])
stripped = normalized(bert(strip_accents=True))
nfd = normalized(NFD())
ranges("bert-accents", [c for c in SCALARS if stripped[c] == "" and nfd[c] == chr(c)])
accents = normalized(StripAccents())
ranges("accents", [c for c in SCALARS if accents[c] == ""])
nmt = normalized(Nmt())
ranges("nmt-removes", [c for c in SCALARS if nmt[c] == ""])
ranges("nmt-blanks", [c for c in SCALARS if nmt[c] == " " and c != 0x20])
ranges("white-space", [c for c in SCALARS if not WhitespaceSplit().pre_tokenize_str(chr(c))])
ranges("punctuation", isolated(BertPreTokenizer()))
assert isolated(BertPreTokenizer()) == isolated(Punctuation("isolated"))
ranges("digits", isolated(Digits(individual_digits=True)))
ranges("word", [c for c in SCALARS if len(Whitespace().pre_tokenize_str("a" + chr(c))) == 1
                and Whitespace().pre_tokenize_str("a" + chr(c))[0][0] == "a" + chr(c)])
lower = normalized(Lowercase())
mapping("lowercase", [(c, map(ord, lower[c])) for c in SCALARS if lower[c] != chr(c)])
mapping("canonical", [(c, map(ord, nfd[c])) for c in SCALARS if nfd[c] != chr(c) and c not in HANGUL])
nfkd = normalized(NFKD())
mapping("compatibility", [(c, map(ord, nfkd[c])) for c in SCALARS if nfkd[c] != nfd[c]])

# A combining class is used when the library moves the character before a mark of a higher class or behind one of a lower class.
order = NFD()
section("combining-class")
for c in SCALARS:
    k = unicodedata.combining(chr(c))
    if k and nfd[c] == chr(c):
        moved = order.normalize_str("a" + chr(c) + "\u0334") == "a\u0334" + chr(c) if k > 1 else (
            order.normalize_str("a\u0301" + chr(c)) == "a" + chr(c) + "\u0301")
        if moved:
            print(f"{c:X} {k}")
nfc = NFC()
section("compositions")
for c in SCALARS:
    parts = unicodedata.decomposition(chr(c)).split()
    if len(parts) == 2 and not parts[0].startswith("<") and c not in HANGUL:
        a, b = (int(p, 16) for p in parts)
        if nfc.normalize_str(chr(a) + chr(b)) == chr(c):
            print(f"{a:X} {b:X} {c:X}")
