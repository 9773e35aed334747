"""What an authority answers when it is asked for a token: a token, a refusal with its reason, or nothing that can be used.

Only the first two are for whoever asks; the rest (a page of a proxy, a redirect, a token that is no text) may be asked again.
Source: RFC 6749 §5.1, §5.2.
"""

from __future__ import annotations

from decimal import Decimal

from importer.bc.json_text import Json, Unreadable, parse

_LONGEST_DIGITS = 9  # of seconds: thirty years


def unusable(status: int, content: bytes) -> str:
    """Why the answer is neither a token nor a refusal; "" when it is one of them."""
    try:
        body = parse(content)
    except Unreadable as error:
        return f"HTTP {status} with an answer that cannot be read: {error}"
    if not isinstance(body, dict) or 300 <= status < 400:
        return f"HTTP {status} with an answer that is none to a request for a token"
    if status != 200 or "error" in body:
        return ""
    token = body.get("access_token")
    if not (isinstance(token, str) and token):
        return "HTTP 200 without a token"
    if "expires_in" in body and life_s(body["expires_in"]) is None:
        return f"a token whose expires_in is no number of seconds: {str(body['expires_in'])[:20]!r}"
    return ""


def endless(content: bytes) -> str:
    """Why a usable answer is none to azure-identity, which has to know how long a token lives; "" when it says so."""
    body = parse(content)
    is_endless = isinstance(body, dict) and "access_token" in body and "expires_in" not in body
    return "a token without expires_in" if is_endless else ""


def life_s(life: Json) -> int | None:
    """How long a token lives, in seconds, written as a number or as a text; None for anything else."""
    text = str(life).removesuffix(".0") if isinstance(life, int | str | Decimal) and not isinstance(life, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_DIGITS else None
