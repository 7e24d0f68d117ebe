"""Asking a user to let an app in, through the browser: RFC 7636 (PKCE, S256), and what comes back.

attempt = Attempt.begin("my-app", "http://127.0.0.1:8400/callback", ["offline_access"])
attempt.url(settings)                          # for the browser
attempt.code("code=…&state=…")                 # from what the browser was led back with
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dialkit.config.keys import check_secret
from dialkit.errors import PermissionDenied, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.client.settings import Settings

MOST = 20  # parameters of an answer


class Attempt(NamedTuple):
    """One try to log in. `state` tells whose answer an answer is, `verifier` proves later who asked.

    Printing it shows neither.
    """

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    verifier: str
    state: str

    def __repr__(self) -> str:
        return f"Attempt(client_id={self.client_id!r}, redirect_uri={self.redirect_uri!r})"

    @classmethod
    def begin(cls, client_id: str, redirect_uri: str, scopes: Iterable[str] = ()) -> Attempt:
        """A new one. `redirect_uri` must be registered for the app, letter for letter."""
        import secrets

        return cls(
            client_id, redirect_uri, tuple(scopes), secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        )

    def url(self, settings: Settings) -> str:
        """The address at which the user agrees."""
        from base64 import urlsafe_b64encode
        from hashlib import sha256

        from dialkit.client.oauth import anonymous

        challenge = urlsafe_b64encode(sha256(self.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(self.scopes) or None,
            "state": self.state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        with anonymous(settings) as client:
            return client.prepare("oauth2.authorize.get", asked).url

    def code(self, query: str) -> str:
        """The code in an answer, the query of the address that the browser was led to.

        Raises `Refused` for an answer to something else (it says nothing about this attempt),
        `PermissionDenied` where the user or Dialpad says no.
        """
        from hmac import compare_digest
        from urllib.parse import parse_qs

        try:
            found = parse_qs(query, keep_blank_values=True, max_num_fields=MOST)
        except ValueError:
            found = {}
        said = {name: values[0] for name, values in found.items() if len(values) == 1}
        if not compare_digest(said.get("state", "").encode(), self.state.encode()):
            raise Refused("that is no answer to this login", hint="use the address that was printed last")
        if "error" in said:
            from dialkit.client.faults import one_line

            why = one_line(": ".join(filter(None, (said["error"], said.get("error_description")))))[:300]
            raise PermissionDenied(
                f"the app was not let in: {why}", status=None, hint="log in again, and agree in the browser"
            )
        return check_secret(said.get("code", ""), "the browser's answer")
