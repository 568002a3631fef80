"""Writes adversarial.json beside it: random strings with the ids of the original's tokenizer and Python's capitalize.

Needs Python 3.11 (Unicode 14) and transformers 4.15.0: python3 adversarial.py [COUNT [SEED]].
"""

import json
import pathlib
import random
import sys
import unicodedata

from transformers import BertTokenizer

HERE = pathlib.Path(__file__).parent
LITERALS = "[UNK] [SEP] [PAD] [CLS] [MASK] [DEC] [ENC]".split()
SPACES = [9, 10, 11, 12, 13, 0x1C, 0x1D, 0x1E, 0x1F, 0x85, 0xA0, 0x1680, 0x180E, *range(0x2000, 0x2010)]
SPACES += [0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF, 0xFFFD, 0xFFFE, 0, 0x7F, 0xAD]
ODD = [0x130, 0x131, 0x3A3, 0x3C2, 0x3C3, 0x212A, 0xDF, 0x1E9E, 0x149, 0x1F0, 0xFB01, 0x1C6, 0x37E, 0x387, 0x1FEF]
ODD += [0x344, 0x390, 0x345, 0x20AC, 0x2212, 0x2019, 0x1734, 0x1F600, 0x200D, 0xFE0F, 0x1F1E6, 0xE0020, 0x11F00]
IDEOGRAPHS = [0x3400, 0x4DBF, 0x4DC0, 0x4E00, 0x9FFF, 0xA000, 0xF900, 0xFAFF, 0xFB00, 0x20000, 0x2A6DF, 0x2A6E0]
IDEOGRAPHS += [0x2A700, 0x2B740, 0x2B820, 0x2CEA1, 0x2CEB0, 0x2F800, 0x2FA1D, 0x2FA20, 0x30A2, 0xAC00, 0xD55C]


class Strings:
    def __init__(self, words, seed):
        self.words, self.random = words, random.Random(seed)
        points = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
        by_category = {}
        for c in points:
            by_category.setdefault(unicodedata.category(chr(c)), []).append(c)
        self.marks = [c for c in points if unicodedata.combining(chr(c))]
        composed = [c for c in points if unicodedata.normalize("NFD", chr(c)) != chr(c)]
        cased = [c for c in points if chr(c).lower() != chr(c) or chr(c).title() != chr(c)]
        self.tables = [*by_category.values(), *[SPACES, ODD, IDEOGRAPHS, composed, cased, self.marks, range(32, 127)] * 4]

    def character(self):
        return chr(self.random.choice(self.random.choice(self.tables)))

    def word(self):
        word = self.random.choice(self.words)
        return self.random.choice([
            word, word.upper(), word[:3] + self.character() + word[3:], self.random.choice(LITERALS),
            "".join(self.character() for _ in range(3)), word.capitalize() + self.random.choice(".,?!-'$+<=>^|~`"),
        ])

    def text(self):
        pick = self.random.choice
        return pick([
            lambda: "".join(self.character() for _ in range(pick(range(20)))),
            lambda: "".join(self.word() + pick([" ", " ", "", chr(pick(SPACES))]) for _ in range(pick(range(1, 8)))),
            lambda: pick(["", "ok "]) + pick("aé한中İﬁ") * pick(range(97, 104)) + pick(["", " end", "."]),
            lambda: pick("ao가") + "".join(chr(pick(self.marks)) for _ in range(pick(range(28, 40)))) + pick(["", " z"]),
            lambda: "".join(pick([*LITERALS, "[", "]", " ", "s", "[S", "EP]", "中", "\u200b", "\n"]) for _ in range(6)),
            lambda: "".join(pick("ΑΣσΩςabΣΣ'.:`^\u0301\u200d- 1\u00adİ\u2019") for _ in range(pick(range(1, 12)))),
        ])()


def main(count=420, seed=1):
    vocabulary = HERE.parent / "vocab.txt"
    words = vocabulary.read_text(encoding="utf-8").split("\n")[1996:20000]
    tokenizer = BertTokenizer(str(vocabulary))
    tokenizer.add_special_tokens({"bos_token": "[DEC]"})
    tokenizer.add_special_tokens({"additional_special_tokens": ["[ENC]"]})
    strings = Strings([w for w in words if not w.startswith("##")], seed)
    with open(HERE / "adversarial.json", "w") as out:
        for i in range(count):
            text = strings.text()
            ids = tokenizer(text, truncation=True, max_length=77)["input_ids"]
            case = {"text": text, "ids": ids, "capitalized": text.capitalize()}
            out.write(("[" if i == 0 else ",") + json.dumps(case) + "\n")
        out.write("]\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
