# SPDX-License-Identifier: Apache-2.0
"""What a value of a Sigma detection asks of a field: the slow, plain reading.

Text and its case, patterns with wildcards and escapes, encodings, and the objects
that sigma_items.py asks whether a value matches. It is written from the Sigma
specification 2.1.0 (sigma-rules-specification.md, sigma-appendix-modifiers.md)
and is not derived from spoor's C code: it exists so that the two can disagree.

Where pySigma and the text of the specification differ, the text is followed;
each such place carries a comment that starts with "Differs from pySigma". Where
the specification is silent, the comment starts with "Silent".
"""

import base64
import datetime
import ipaddress
import itertools
import re

COMPARISONS = {
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
}
WINDOWS_DASHES = "-/\u2013\u2014\u2015"


class Rejected(Exception):
    """The rule cannot be evaluated as written, and must not be used at all."""


# --------------------------------------------------------------- text and its case


def fold_character(character):
    """Unicode *simple* case folding of one character (status C and S of CaseFolding.txt).

    Python only offers full folding. Where that yields several characters, simple folding is
    the lower-case form if it is a single character (U+1E9E to U+00DF), else the character
    itself (U+00DF, U+0130).
    """
    full = character.casefold()
    if len(full) == 1:
        return full
    lower = character.lower()
    return lower if len(lower) == 1 else character


def fold(text):
    if text.isascii():
        return text.lower()
    return "".join(fold_character(character) for character in text)


def text_of(value):
    """An event's value as text; None for null, which is no text at all."""
    if value is None:
        return None
    if value is True or value is False:
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def number_of(value):
    """An event's value as a number, or None. Text counts if it is a plain decimal number.

    Silent: hexadecimal text ("0x1410") is not taken for a number.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", value, re.ASCII):
        return float(value) if "." in value else int(value)
    return None


# --------------------------------------------------------------- patterns of tokens
#
# A pattern is a list of tokens: a one-character string, an integer (a byte that an encoding
# modifier produced), a Choice between characters (windash), or one of the two wildcards.


class Wildcard:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


ANY = Wildcard("*")
ONE = Wildcard("?")


class Choice(str):
    """A set of characters, one of which stands at this place."""


def parse_pattern(text):
    """Section "Escape Character" of the specification."""
    tokens, i = [], 0
    while i < len(text):
        character, following = text[i], text[i + 1 : i + 2]
        if character == "\\" and following in ("\\", "*", "?") and following:
            tokens.append(following)
            i += 2
            continue
        tokens.append({"*": ANY, "?": ONE}.get(character, character))
        i += 1
    return tokens


def is_plain(tokens):
    return all(type(token) in (str, int) for token in tokens)


def bytes_of(tokens):
    return b"".join(
        bytes([t]) if isinstance(t, int) else t.encode("utf-8", "surrogatepass") for t in tokens
    )


def without_choices(tokens):
    """All plain readings of a pattern, for the modifiers that need definite characters."""
    places = [list(str(t)) if isinstance(t, Choice) else [t] for t in tokens]
    count = 1
    for place in places:
        count *= len(place)
    if count > 5**6:
        raise Rejected("too many windash permutations to encode")
    return [list(reading) for reading in itertools.product(*places)]


def encode_utf16(tokens, codec, mark=b""):
    out = list(mark)
    for token in tokens:
        if isinstance(token, Wildcard):
            out.append(token)
        elif isinstance(token, int):
            raise Rejected("a value cannot be encoded as UTF-16 twice")
        else:
            out.extend(token.encode(codec))
    return out


def encode_base64(tokens):
    return list(base64.b64encode(bytes_of(tokens)).decode("ascii"))


def encode_base64_offsets(tokens):
    """The three forms a value takes inside base64, without the characters its neighbours change.

    Differs from pySigma for values with characters beyond ASCII: it counts characters where the
    encoding counts bytes, and so cuts at the wrong place.
    """
    data = bytes_of(tokens)
    forms = []
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + data).decode("ascii")
        start = (0, 2, 3)[shift]
        end = (None, -3, -2)[(len(data) + shift) % 3]
        forms.append(list(encoded[start:end]))
    return [form for form in forms if form]  # a single byte leaves nothing definite at one offset


def expand_placeholders(tokens, placeholders):
    """`%name%` to each of its values, `\\%` to a plain percent sign."""
    alternatives, i = [[]], 0
    while i < len(tokens):
        if tokens[i] == "\\" and tokens[i + 1 : i + 2] == ["%"]:
            pieces, i = [["%"]], i + 2
        elif tokens[i] == "%" and "%" in tokens[i + 2 :]:
            end = tokens.index("%", i + 2)
            if not is_plain(tokens[i + 1 : end]):
                raise Rejected("a placeholder's name cannot hold a wildcard")
            name = "".join(tokens[i + 1 : end])
            if name not in placeholders:
                raise Rejected(f"no value is known for the placeholder %{name}%")
            pieces, i = [parse_pattern(str(v)) for v in placeholders[name]], end + 1
        else:
            pieces, i = [[tokens[i]]], i + 1
        alternatives = [done + piece for done in alternatives for piece in pieces]
    return alternatives


# --------------------------------------------------------------- what a value asks of a field
#
# Each class answers `matches(value, event)` for one value (one element of a list) of the field.


class Text:
    def __init__(self, tokens, cased):
        self.cased = cased
        self.possible = True
        tokens = self.decode(tokens)
        if not cased:
            tokens = [t if isinstance(t, (Wildcard, Choice)) else fold(t) for t in tokens]
        self.pieces, self.regex = None, None
        if any(t is ONE or isinstance(t, Choice) for t in tokens):
            self.regex = re.compile("".join(self.as_regex(t) for t in tokens), re.DOTALL)
        else:
            self.pieces = [[]]
            for token in tokens:
                if token is ANY:
                    self.pieces.append([])
                else:
                    self.pieces[-1].append(token)
            self.pieces = ["".join(piece) for piece in self.pieces]

    def decode(self, tokens):
        """Bytes from an encoding modifier become text again; if they are not UTF-8, no text can
        hold them and the value never matches."""
        out = []
        for is_byte, group in itertools.groupby(tokens, lambda t: isinstance(t, int)):
            if not is_byte:
                out.extend(group)
                continue
            try:
                out.extend(bytes(group).decode("utf-8"))
            except UnicodeDecodeError:
                self.possible = False
        return out

    @staticmethod
    def as_regex(token):
        if isinstance(token, Wildcard):
            return ".*" if token is ANY else "."
        return "[" + re.escape(token) + "]"

    def matches(self, value, event):
        text = text_of(value)
        if text is None or not self.possible:
            return False
        if not self.cased:
            text = event.folded(text)
        if self.regex:
            return self.regex.fullmatch(text) is not None
        if len(self.pieces) == 1:
            return text == self.pieces[0]
        first, *middle, last = self.pieces
        if not text.startswith(first):
            return False
        at = len(first)
        for piece in middle:
            found = text.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        return len(text) - len(last) >= at and text.endswith(last)


class Number:
    """A number without a comparison: equal to the same number, or to its decimal text."""

    def __init__(self, number):
        self.number = number

    def matches(self, value, event):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value == self.number
        return text_of(value) == str(self.number)


class Comparison:
    def __init__(self, operator, number, part=None):
        self.compare = COMPARISONS.get(operator, lambda a, b: a == b)
        self.number, self.part = number, part

    def matches(self, value, event):
        actual = time_part(value, self.part) if self.part else number_of(value)
        return actual is not None and self.compare(actual, self.number)


def time_part(value, part):
    """"It extracts a numeric value from a date. It is not designed to handle timezone or format
    conversions": the digits are taken as they stand. Weeks are those of ISO 8601 (Silent)."""
    shape = r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d(?:[.,]\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?"
    found = re.fullmatch(shape, value, re.ASCII) if isinstance(value, str) else None
    if not found:
        return None
    year, month, day, hour, minute = (int(digits or 0) for digits in found.groups())
    if part in ("hour", "minute") and found[4] is None:
        return None
    if part != "week":
        return {"year": year, "month": month, "day": day, "hour": hour, "minute": minute}[part]
    try:
        return datetime.date(year, month, day).isocalendar()[1]
    except ValueError:
        return None


class Regex:
    """Found anywhere in the value; case-sensitive unless `i` is given."""

    def __init__(self, pattern, flags):
        try:
            self.regex = re.compile(pattern, flags)
        except re.error as error:
            raise Rejected(f"regular expression: {error}")

    def matches(self, value, event):
        text = text_of(value)
        return text is not None and self.regex.search(text) is not None


class Cidr:
    """Silent: an IPv4 address mapped into IPv6 (::ffff:10.0.0.1) is not in an IPv4 network."""

    def __init__(self, text):
        try:
            self.network = ipaddress.ip_network(text)
        except ValueError as error:
            raise Rejected(f"cidr: {error}")

    def matches(self, value, event):
        try:
            return isinstance(value, str) and ipaddress.ip_address(value) in self.network
        except ValueError:
            return False


class FieldReference:
    """Compares with each value of another field, as text and regardless of case."""

    def __init__(self, field, how, cased):
        self.field, self.how, self.cased = field, how, cased

    def matches(self, value, event):
        mine = text_of(value)
        if mine is None:
            return False
        mine = mine if self.cased else fold(mine)
        for other in event.values(self.field):
            other = text_of(other)
            if other is None:
                continue
            other = other if self.cased else fold(other)
            if self.how == "contains" and other in mine:
                return True
            if self.how == "startswith" and mine.startswith(other):
                return True
            if self.how == "endswith" and mine.endswith(other):
                return True
            if self.how is None and mine == other:
                return True
        return False
