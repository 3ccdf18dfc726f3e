"""An identity provider for tests: a signing key, its JWKS on 127.0.0.1, and tokens."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://identity.example/pool"
CLIENT = "the-page"


@dataclass(frozen=True)
class IdentityProvider:
    """Issues tokens that its published key verifies."""

    key: rsa.RSAPrivateKey
    keys_url: str

    def token(self, sub: str = "alice", *, key: Any = None, alg: str = "RS256", **different: Any) -> str:
        """An ID token of this subject; a claim set to None is omitted."""
        now = int(time.time())
        claims = {
            "sub": sub,
            "iss": ISSUER,
            "aud": CLIENT,
            "token_use": "id",
            "iat": now,
            "exp": now + 600,
            "email": f"{sub}@example.org",
        } | different
        present = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(present, key if key is not None else self.key, algorithm=alg, headers={"kid": "k1"})

    def access_token(self, sub: str = "alice", **different: Any) -> str:
        """An access token of this subject."""
        return self.token(sub, **({"token_use": "access", "aud": None, "client_id": CLIENT} | different))


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """A running provider."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    body = json.dumps({"keys": [public | {"kid": "k1", "alg": "RS256", "use": "sig"}]}).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Does not log."""

    server = HTTPServer(("127.0.0.1", 0), Keys)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield IdentityProvider(key, f"http://127.0.0.1:{server.server_address[1]}/jwks.json")
    server.shutdown()
    server.server_close()
