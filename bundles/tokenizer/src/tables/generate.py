"""Writes unicode.txt: the character tables that tokenizer.json components rely on.

The tokenizers library mixes several versions of Unicode, and none of them is the JDK's, so ids would change
with the JDK if its tables were used. Each table here is what the library answers for every code point, taken
from its public API. Needs Python 3.11 or later and tokenizers 0.23.3:

    pip install tokenizers==0.23.3
    python generate.py > ../main/resources/org/candor/tokenizer/internal/unicode.txt
"""

import struct
import unicodedata

from tokenizers import Regex
from tokenizers.normalizers import (
    NFC, NFD, NFKC, NFKD, BertNormalizer, Lowercase, Nmt, Precompiled, Replace, StripAccents)
from tokenizers.pre_tokenizers import (
    BertPreTokenizer, Digits, Punctuation, Split, UnicodeScripts, Whitespace, WhitespaceSplit)

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

# What follows belongs to regular expressions (Oniguruma) and to the pre-tokenizers and normalisers built on other tables.
EVERYTHING = "".join(map(chr, SCALARS))


def matching(expression):
    pieces = Split(Regex(expression), "removed", invert=True).pre_tokenize_str(EVERYTHING)
    return [SCALARS[i] for _, (a, b) in pieces for i in range(a, b)]


for category in ("Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co Cn").split():
    ranges("gc-" + category, matching(r"\p{%s}" % category))
for name in "alnum alpha blank cntrl digit graph lower print punct space upper xdigit word".split():
    ranges("posix-" + name, matching("[[:%s:]]" % name))
ranges("regex-word", matching(r"\w"))
SCRIPTS = """Adlam Ahom Arabic Armenian Avestan Balinese Bamum Batak Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese
Buhid Canadian_Aboriginal Carian Chakma Cham Cherokee Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari
Egyptian_Hieroglyphs Ethiopic Georgian Glagolitic Gothic Greek Gujarati Gurmukhi Han Hangul Hanunoo Hebrew Hiragana
Imperial_Aramaic Inherited Javanese Kannada Katakana Kayah_Li Kharoshthi Khmer Khojki Lao Latin Lepcha Limbu Linear_A
Linear_B Lisu Lycian Lydian Malayalam Mandaic Meetei_Mayek Mongolian Myanmar New_Tai_Lue Nko Ogham Ol_Chiki Old_Italic
Old_Persian Oriya Osmanya Phags_Pa Phoenician Rejang Runic Samaritan Saurashtra Sharada Shavian Sinhala Sundanese
Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Tamil Tangut Telugu Thaana Thai Tibetan Tifinagh Ugaritic
Vai Yi""".split()
for script in SCRIPTS:
    ranges("script-" + script, matching(r"\p{%s}" % script))

# Characters that equal each other without regard to case, one character each. Two-character equals are not here.
cased = [c for c in SCALARS if chr(c).lower() != chr(c) or chr(c).upper() != chr(c) or chr(c).casefold() != chr(c)]
CASED = "".join(map(chr, cased))
folds = []
for c in cased:
    pieces = Split(Regex(r"(?i:\x{%X})" % c), "removed", invert=True).pre_tokenize_str(CASED)
    others = [ord(x) for p, (a, b) in pieces for x in p if b - a == len(p) and ord(x) != c]
    others = [x for x in others if Replace(Regex(r"(?i:\A\x{%X}\z)" % c), "").normalize_str(chr(x)) == ""]
    if others:
        folds.append((c, others))
mapping("case-folds", folds)


def precompiled(keys):
    """A charsmap that turns text beginning with one of these bytes into X."""
    units = [0] * 1024
    units[0] = 256 << 10
    for key in keys:
        at = 256 ^ key
        units[at] = key | 1 << 8 | (at ^ 600) << 10
    trie = struct.pack("<1024I", *units)
    return Precompiled(struct.pack("<I", len(trie)) + trie + b"X\0")


# Precompiled replaces a whole grapheme cluster of at most 5 bytes when a key is its prefix: that shows what joins what.
after_a = precompiled(b"a")
ranges("grapheme-extends", [c for c in SCALARS if after_a.normalize_str("a" + chr(c)) == "X"])
any_byte = precompiled(range(1, 256))
short = [c for c in SCALARS if c and len(chr(c).encode()) < 4]
ranges("grapheme-controls", [c for c in short if any_byte.normalize_str(chr(c) + "\u0301") != "X"])
ranges("grapheme-prepends", [c for c in SCALARS if c and any_byte.normalize_str(chr(c) + "a") == "X"])

# UnicodeScripts parts text where the script changes: runs of one script, then which of them join.
parted = UnicodeScripts()
runs = []
for piece, (a, b) in parted.pre_tokenize_str(EVERYTHING):
    runs.append([SCALARS[a], SCALARS[b - 1]])
joins = lambda x, y: len(parted.pre_tokenize_str(chr(x) + chr(y))) == 1
split_runs = []
for first, last in runs:
    # A character of any script joins whatever is around it.
    for c in range(first, last + 1):
        if 0xD800 <= c <= 0xDFFF:
            continue
        wild = joins(ord("a"), c) and joins(ord("\u4e00"), c)
        if split_runs and split_runs[-1][2] == wild and split_runs[-1][1] in (c - 1, 0xD7FF) and c != first:
            split_runs[-1][1] = c
        else:
            split_runs.append([c, c, wild])
heads = []
rows = []
for first, last, wild in split_runs:
    number = 0
    if not wild:
        number = next((i + 1 for i, h in enumerate(heads) if joins(h, first)), 0)
        if not number:
            heads.append(first)
            number = len(heads)
    rows.append((first, [last, number]))
mapping("script-runs", rows)
