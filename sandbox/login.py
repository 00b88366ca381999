"""LINE Login v2.1, the part that programs call: tokens, their checks, profile and friendship.

LINE: https://developers.line.biz/en/reference/line-login/
"""

from typing import Any

from flask import Blueprint, Response, request

from sandbox import login_http
from sandbox.id_tokens import ISSUER
from sandbox.login_http import channel_token, oauth_error, refusal, user_token
from sandbox.problems import answer
from sandbox.tokens_api import TokensApi
from sandbox.user_tokens import UserTokens
from sandbox.world import World


class Login:
    """The endpoints with their world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tokens = UserTokens(world)

    def blueprint(self) -> Blueprint:
        bp = login_http.blueprint("login", self._world)
        # At LINE three of these paths serve channel access tokens as well.
        bp.before_request(TokensApi(self._world).share)
        bp.post("/oauth2/v2.1/token")(self.token)
        bp.get("/oauth2/v2.1/certs")(self.certs)
        bp.get("/oauth2/v2.1/verify", endpoint="verify_access")(self.verify_access)
        bp.post("/oauth2/v2.1/verify", endpoint="verify_id")(self.verify_id)
        bp.post("/oauth2/v2.1/revoke")(self.revoke)
        bp.route("/oauth2/v2.1/userinfo", methods=["GET", "POST"])(self.userinfo)
        bp.get("/v2/profile")(self.profile)
        bp.get("/friendship/v1/status")(self.friendship)
        bp.post("/user/v1/deauthorize")(self.deauthorize)
        bp.get("/.well-known/openid-configuration")(self.discovery)
        return bp

    def token(self) -> Response:
        """Give tokens for an authorization code or a refresh token."""
        form = request.form.to_dict()
        grants = {
            "authorization_code": self._tokens.exchange,
            "refresh_token": self._tokens.refresh,
        }
        grant = grants.get(form.get("grant_type", ""))
        if grant is None:
            raise oauth_error("unsupported_grant_type", "unsupported grant_type")
        return answer(grant(form))

    def certs(self) -> Response:
        """The public keys that ES256 ID tokens are checked with."""
        with self._world.lock:
            return answer({"keys": [self._world.logins.key.public()]})

    def verify_access(self) -> Response:
        return answer(self._tokens.verify_access(request.args.get("access_token", "")))

    def verify_id(self) -> Response:
        with self._world.lock:
            return answer(self._tokens.verify_id(request.form.to_dict()))

    def revoke(self) -> Response:
        """End an access token. LINE wants the secret for web logins; LIFF apps have none."""
        form = request.form
        channel = self._world.logins.channels.get(form.get("client_id", ""))
        secret = form.get("client_secret")
        if channel is None or secret not in (None, channel.channel_secret):
            raise oauth_error("invalid_client", "invalid client_id or client_secret")
        with self._world.lock:
            found = self._world.logins.token(form.get("access_token", ""), self._world.clock.now())
            if found is None or found.channel_id != channel.channel_id:
                raise oauth_error("invalid_request", "invalid access token")
            self._world.logins.revoke(found.token)
        return Response(status=200)

    def profile(self) -> Response:
        return answer(self._tokens.profile(user_token(self._world, "profile")))

    def userinfo(self) -> Response:
        """OpenID Connect's view of the person; name and picture need the scope profile."""
        token = user_token(self._world, "openid")
        profile = self._tokens.profile(token)
        told = {"sub": profile["userId"]}
        if "profile" in token.scopes:
            told["name"] = profile["displayName"]
            told |= {"picture": profile["pictureUrl"]} if "pictureUrl" in profile else {}
        return answer(told)

    def friendship(self) -> Response:
        """Whether the person is a friend of the account linked to the channel."""
        token = user_token(self._world, "profile")
        linked = self._world.logins.channels[token.channel_id].linked_account
        if linked is None:
            raise refusal(400, "There is no login bot linked to this channel.")
        talk = self._world.talks.get((token.person, linked))
        return answer({"friendFlag": talk is not None and talk.status == "friend"})

    def deauthorize(self) -> Response:
        """End what the person has agreed to. LINE takes no short-lived token for this."""
        channel = channel_token(self._world, "stateless", "v2.1")
        body = request.get_json(silent=True)
        given = body.get("userAccessToken") if isinstance(body, dict) else None
        with self._world.lock:
            found = self._world.logins.token(str(given), self._world.clock.now())
            if found is None or found.channel_id != channel.channel_id:
                raise refusal(400, "The user access token is invalid")
            self._world.logins.ungrant(channel, found.person)
        return Response(status=204)

    def discovery(self) -> Response:
        """OpenID Connect discovery: LINE's issuer, but the addresses of this sandbox."""
        base = request.host_url.rstrip("/")
        document: dict[str, Any] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{base}/oauth2/v2.1/authorize",
            "token_endpoint": f"{base}/oauth2/v2.1/token",
            "revocation_endpoint": f"{base}/oauth2/v2.1/revoke",
            "userinfo_endpoint": f"{base}/oauth2/v2.1/userinfo",
            "scopes_supported": ["openid", "profile", "email"],
            "jwks_uri": f"{base}/oauth2/v2.1/certs",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
        }
        return answer(document)
