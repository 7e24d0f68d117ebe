"""`dialkit.webhooks.unwrap` against forgers, and against what is no event at all."""

from __future__ import annotations

import hashlib
import hmac
import json
import pickle
from typing import Any

import pytest

from dialkit.errors import BadSignature, InvalidEvent
from dialkit.webhooks import unwrap
from dialkit.webhooks.unwrapping import MOST
from signing import CLAIMS, GOOD, HEAD, HEADER, SECRET, SIGNATURE, TEXT, encoded, token

PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n"
PLAIN = bytes.maketrans(b"-_", b"+/")
FORGED: dict[str, bytes] = {
    "alg none, no signature": encoded(b'{"alg":"none"}') + b"." + CLAIMS + b".",
    "alg none, the old signature": encoded(b'{"alg":"none"}') + b"." + CLAIMS + b"." + SIGNATURE,
    "alg none, signed": token(TEXT, {"alg": "none"}),
    "alg None in other letters": token(TEXT, {"alg": "NonE"}),
    "alg hs256 in small letters": token(TEXT, {"alg": "hs256"}),
    "alg HS512, signed by HS256": token(TEXT, {"alg": "HS512"}),
    "alg RS256, the secret as key": token(TEXT, {"alg": "RS256"}),
    "alg ES256, a signature as long": token(TEXT, {"alg": "ES256"}),
    "alg is a list": token(TEXT, {"alg": ["HS256"]}),
    "alg is null": token(TEXT, {"alg": None}),
    "no alg": token(TEXT, {"typ": "JWT"}),
    "crit": token(TEXT, {**HEADER, "crit": ["exp"]}),
    "crit, empty": token(TEXT, {**HEADER, "crit": []}),
    "b64 false": token(TEXT, {**HEADER, "b64": False, "crit": ["b64"]}),
    "b64 false without crit": token(TEXT, {**HEADER, "b64": False}),
    "key in the header": token(TEXT, {**HEADER, "jwk": {"kty": "oct", "k": "YQ"}}, "a"),
    "another secret": token(TEXT, secret="another"),
    "the secret and more": token(TEXT, secret=SECRET + " "),
    "empty secret": token(TEXT, secret=""),
    "another text": HEAD + b"." + encoded(b'{"text":"Ten kilos"}') + b"." + SIGNATURE,
    "another header": encoded(b'{"typ":"JWT","alg":"HS256"}') + b"." + CLAIMS + b"." + SIGNATURE,
    "no signature": HEAD + b"." + CLAIMS + b".",
    "two parts": HEAD + b"." + CLAIMS,
    "one part": HEAD,
    "four parts": GOOD + b"." + SIGNATURE,
    "five parts, as if encrypted": GOOD + b".." + SIGNATURE,
    "dots": b"..",
    "no payload": HEAD + b".." + SIGNATURE,
    "cut off in the signature": GOOD[:-1],
    "cut off in the payload": GOOD[: len(HEAD) + 20],
    "one byte more": GOOD + b"A",
    "padded": GOOD + b"=",
    "signature in the plain alphabet": b".".join([HEAD, CLAIMS, SIGNATURE.translate(PLAIN) + b"+"]),
    "a space within": HEAD + b". " + CLAIMS + b"." + SIGNATURE,
    "a line end within": HEAD + b"\n." + CLAIMS + b"." + SIGNATURE,
    "zero byte": GOOD + b"\0",
    "letters that are not ASCII": "éé.éé.éé".encode(),
    "bytes that are no text": b"\xff\xfe.\x80.\x81",
    "plain JSON": json.dumps(TEXT).encode(),
    "plain JSON, an array": b"[]",
    "a token in JSON": json.dumps({"token": GOOD.decode()}).encode(),
    "a token in quotes": b'"' + GOOD + b'"',
    "a form": b"payload=" + GOOD,
}  # fmt: skip


@pytest.mark.parametrize("body", FORGED.values(), ids=FORGED)
def test_what_nobody_signed_is_refused(body: bytes) -> None:
    with pytest.raises(BadSignature) as caught:
        unwrap(body, secret=SECRET)
    told = repr(caught.value) + str(caught.value.as_dict())
    assert SECRET not in told
    assert "kilos" not in told
    assert caught.value.hint
    assert isinstance(pickle.loads(pickle.dumps(caught.value)), BadSignature)


def test_a_public_key_is_no_way_in() -> None:
    body = token(TEXT, {"alg": "RS256", "typ": "JWT"}, secret=PUBLIC_KEY)
    with pytest.raises(BadSignature):
        unwrap(body, secret=PUBLIC_KEY)


SIGNED_RUBBISH: dict[str, bytes] = {
    "an array": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "a number": b"1",
    "nothing": b"{",
    "no JSON": b"text=hello",
    "a token within": GOOD,
    "a number that is too long": b'{"id":' + b"9" * 5000 + b"}",
    "a number that is too large": b'{"id":1e999}',
    "two objects": b"{}{}",
    "deep arrays": b'{"a":' + b"[" * 100 + b"]" * 100 + b"}",
    "deep objects": b'{"a":' * 200 + b"1" + b"}" * 200,
    "deeper than Python goes": b"[" * 100_000,
    "deeper than Python goes, and broken": b'{"a":NaN,"b":' + b"[" * 100_000,
}


@pytest.mark.parametrize("payload", SIGNED_RUBBISH.values(), ids=SIGNED_RUBBISH)
def test_what_is_no_event_is_refused_signed_or_not(payload: bytes) -> None:
    for body, secret in ((token(payload), SECRET), (payload, None)):
        with pytest.raises(InvalidEvent) as caught:
            unwrap(body, secret=secret)
        assert not isinstance(caught.value, BadSignature)
        assert caught.value.hint


@pytest.mark.parametrize("header", [b"[]", b"null", b'"HS256"', b"{", b"\xff", b"[" * 100_000])
def test_a_signed_token_with_a_header_that_is_none(header: bytes) -> None:
    with pytest.raises(InvalidEvent):
        unwrap(token(TEXT, header), secret=SECRET)


@pytest.mark.parametrize("part", [b"a", b"e3=0", b"e3 0", b"e30\n", b"+/+/", "é".encode()])
def test_a_signed_payload_that_is_not_base64(part: bytes) -> None:
    signed = HEAD + b"." + part
    body = signed + b"." + encoded(hmac.digest(SECRET.encode(), signed, hashlib.sha256))
    with pytest.raises(InvalidEvent):
        unwrap(body, secret=SECRET)


@pytest.mark.parametrize("body", [b"", "", b" \n", GOOD, b"%", b"hello", b"<html>", b"\xff", "\ud800"])
def test_without_a_secret_it_must_be_plain_json(body: Any) -> None:
    with pytest.raises(InvalidEvent) as caught:
        unwrap(body, secret=None)
    assert not isinstance(caught.value, BadSignature)


def test_an_unsigned_token_is_not_read_without_a_secret() -> None:
    for body in (GOOD, FORGED["alg none, no signature"]):
        with pytest.raises(InvalidEvent, match="signed"):
            unwrap(body, secret=None)


def test_plain_json_is_read_where_there_is_no_secret() -> None:
    assert unwrap(json.dumps(TEXT), secret=None, strict=True).to_dict() == TEXT
    assert unwrap(b"\xef\xbb\xbf" + json.dumps(TEXT).encode(), secret=None).to_dict() == TEXT


@pytest.mark.parametrize("filler", [b"x", b" ", b"{", b"ey."])
def test_a_body_has_a_bound(filler: bytes) -> None:
    for secret in (SECRET, None):
        with pytest.raises(InvalidEvent, match="more than 1048576 bytes"):
            unwrap(filler * MOST + b"x", secret=secret)
    just = json.dumps({**TEXT, "text": "x" * (700 * 1024)})
    assert len(unwrap(token(just.encode()), secret=SECRET).to_dict()["text"]) == 700 * 1024
