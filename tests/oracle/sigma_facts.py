# SPDX-License-Identifier: Apache-2.0
"""The facts that content/tables/logsources/ asks for, made again in Python.

Each takes the texts of its fields (None where the event lacks one) and the table's parameter, and
returns the fact's text, or None. They follow what the table and docs/writing-rules.md promise.
"""

import re

SERVICE_ACCOUNTS = {
    "s-1-5-18": "NT AUTHORITY\\SYSTEM",
    "s-1-5-19": "NT AUTHORITY\\LOCAL SERVICE",
    "s-1-5-20": "NT AUTHORITY\\NETWORK SERVICE",
}
INTEGRITY = {
    "s-1-16-0": "Untrusted", "s-1-16-4096": "Low", "s-1-16-8192": "Medium",
    "s-1-16-8448": "Medium Plus", "s-1-16-12288": "High", "s-1-16-16384": "System",
    "s-1-16-20480": "Protected Process",
}


def silent(text):
    """What logs write where they have nothing to say."""
    return text in (None, "", "-")


def number(text):
    if text and re.fullmatch("0[xX][0-9a-fA-F]+", text):
        return int(text, 16)
    return int(text) if text and re.fullmatch("[0-9]+", text, re.ASCII) else None


def account(texts, _):
    """DOMAIN\\name of the first group of SID, domain and name that names anyone."""
    for sid, domain, name in zip(texts[0::3], texts[1::3], texts[2::3]):
        known = SERVICE_ACCOUNTS.get((sid or "").lower())
        if known:
            return known
        if not silent(name):
            return name if silent(domain) else f"{domain}\\{name}"
    return None


def decimal(texts, _):
    value = number(texts[0])
    return None if value is None else str(value)


def device_path(texts, _):
    """\\device\\harddiskvolume3\\x is C:\\x, and \\device\\mup\\server is \\\\server."""
    path = texts[0]
    if not path:
        return None
    path = re.sub(r"^\\device\\mup\\", lambda _: "\\\\", path, flags=re.I)
    return re.sub(r"^\\device\\harddiskvolume[0-9]+(?=\\)", "C:", path, flags=re.I)


def first(texts, parameter):
    words = [word.lower() for word in parameter.split("|")]
    return next((t for t in texts if not silent(t) and t.lower() not in words), None)


def hash_part(texts, parameter):
    for text in texts:
        for item in re.split("[,\n]", text or ""):
            name, sign, value = item.strip(" ").partition("=")
            if sign and value and name.lower() == parameter.lower():
                return value
    return None


def integrity_level(texts, _):
    return None if silent(texts[0]) else INTEGRITY.get(texts[0].lower(), texts[0])


def is_ipv6(texts, _):
    return None if silent(texts[0]) else "true" if ":" in texts[0] else "false"


def join(texts, parameter):
    said = [text for text in texts if not silent(text)]
    return parameter.join(said) if said else None


def key_value(texts, parameter):
    """The value of a key in lines of `key=value` or `key = value`."""
    for key in parameter.split("|"):
        for text in texts:
            for line in (text or "").split("\n"):
                name, sign, value = line.strip(" \t\r").partition("=")
                if sign and name.rstrip(" \t").lower() == key.lower():
                    return value.strip(" \t\r")
    return None


def lookup(texts, parameter):
    text = texts[0]
    if text is None:
        return None
    for entry in parameter.split("|"):
        word, sign, other = entry.partition("=")
        if sign and word.lower() == text.lower():
            return other
        if entry == "*" and text:
            return text
    return None


def registry_details(texts, _):
    """The written value as Sysmon's Details has it: DWORD (0x00000001)."""
    kind, value = texts
    if kind is None and value is None:
        return None
    if kind == "%%1875":
        return "Binary Data"
    if silent(value):
        return "(Empty)"
    written = number(value)
    if kind == "%%1876" and written is not None:
        return f"DWORD (0x{written & 0xffffffff:08x})"
    if kind == "%%1883" and written is not None:
        return f"QWORD (0x{written >> 32:08x}-0x{written & 0xffffffff:08x})"
    return value


def registry_path(texts, _):
    """\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\X and the value V: HKLM\\SYSTEM\\CurrentControlSet\\X\\V."""
    if silent(texts[0]):
        return None
    path = re.sub(r"^\\REGISTRY\\USER(?=\\|$)", "HKU", texts[0], flags=re.I)
    path = re.sub(r"^\\REGISTRY\\MACHINE(?=\\|$)", "HKLM", path, flags=re.I)
    path = re.sub(r"^(HKLM\\SYSTEM)\\ControlSet[0-9]+(?=\\|$)", r"\1\\CurrentControlSet", path, flags=re.I)
    return path if len(texts) < 2 or silent(texts[1]) else f"{path}\\{texts[1]}"


def between(texts, parameter):
    before, _, after = parameter.partition("|")
    pattern = re.compile(re.escape(before) + ("(.+?)" + re.escape(after) if after else "(.+)"),
                         re.I | re.S | re.A)
    for text in texts:
        found = pattern.search(text or "")
        if found:
            return found.group(1)
    return None


def each(texts, _):
    said = [line for text in texts if not silent(text) for line in text.split("\n")]
    return said or None


def item(texts, parameter):
    items = [] if texts[0] is None else texts[0].split("\n")
    return items[int(parameter) - 1] if 0 < int(parameter) <= len(items) else None


def one_line(texts, parameter):
    return texts[0].replace("\n", parameter or " ") if texts[0] else None


def pair(texts, parameter):
    for text in texts:
        found = re.search(rf'(?:^|[ \t,;\n{{(]){re.escape(parameter)}=(?:"([^"]*)|([^ \t,;\n]*))', text or "", re.I)
        if found:
            return found.group(1) if found.group(1) is not None else found.group(2)
    return None


def path_and_query(texts, _):
    path, query = (None if silent(text) else text for text in texts)
    if path and query:
        return [path + ("" if query.startswith("?") else "?") + query, query]
    return [path or query] if path or query else None


def unplus(texts, _):
    text = texts[0]
    return None if silent(text) else [text, text.replace("+", " ")] if "+" in text else [text]


def url(texts, parameter):
    scheme, host, path, query = ("" if silent(text) else text for text in [*texts, None][:4])
    whole = path and path[0] not in "/*"
    if not host and not path:
        return None
    made = path
    if host and not whole:
        scheme = scheme or parameter
        made = (scheme + "://" if scheme else "") + host + ("/" if path[:1] == "*" else "") + path
    return made + (("" if query[0] == "?" else "?") + query if query else "")


def url_part(texts, parameter):
    for text in texts:
        if silent(text):
            continue
        found = re.match(r"(?:([^/?#]*?)://(?:[^@/?#]*@)?(\[[^]/?#]*\]|[^:/?#]*)(?::([^/?#]*))?)?"
                         r"(([^?#]*)(?:\?([^#]*))?)", text, re.S)
        parts = dict(zip(("scheme", "host", "port", "request", "path", "query"), found.groups()))
        if re.fullmatch(r"[^:/?]+:[0-9]+", text, re.A):
            parts = dict(zip(("host", "port"), text.split(":")))
        name = (parts.get("path") or "").rpartition("/")[2]
        parts["extension"] = name.rpartition(".")[2] if "." in name else None
        if parts.get(parameter):
            return parts[parameter]
    return None


FACTS = {
    "account": account, "between": between, "decimal": decimal, "device-path": device_path,
    "each": each, "first": first, "hash-part": hash_part, "integrity-level": integrity_level,
    "is-ipv6": is_ipv6, "item": item, "join": join, "key-value": key_value, "lookup": lookup,
    "one-line": one_line, "pair": pair, "path-and-query": path_and_query,
    "registry-details": registry_details, "registry-path": registry_path, "unplus": unplus,
    "url": url, "url-part": url_part,
}
