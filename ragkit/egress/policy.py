"""Which connections a deployment permits. One object, made from the deployment, held by every HTTP client of ragkit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ragkit.deployment.deployment import Deployment, Profile, Zone
from ragkit.deployment.origin import Origin, listed_origin, origin_of
from ragkit.deployment.zones import base_url, is_public_service, zone_of
from ragkit.errors import EgressError

if TYPE_CHECKING:
    import httpx2


@dataclass(frozen=True)
class EgressPolicy:
    """Where connections may go. Everything else is refused before a name is looked up.

    This machine itself (127.0.0.0/8, ::1, localhost) may always be reached.

    Attributes:
        profile: the deployment's.
        on_premises: the hosts on premises.
        cloud: the hosts of language models outside.
        proxy: carries the requests to ``cloud``, and no others; None for none.
        is_confined: nothing may go to ``cloud`` now.
        ca_file: certificates that are trusted besides the system's, PEM.
    """

    profile: Profile = Profile.LOCAL
    on_premises: frozenset[Origin] = frozenset()
    cloud: frozenset[Origin] = frozenset()
    proxy: Origin | None = None
    is_confined: bool = False
    ca_file: Path | None = None

    @classmethod
    def of(cls, deployment: Deployment) -> Self:
        """The policy of a deployment.

        Raises:
            EgressError: a host or address of the deployment cannot be read, or its proxy is not listed.
        """
        profile = deployment.profile
        if profile is Profile.LOCAL:
            return cls(ca_file=deployment.ca_file)
        listed = frozenset(listed_origin(entry) for entry in deployment.allowed_hosts)
        if profile is Profile.ON_PREMISES:
            return cls(profile, listed, ca_file=deployment.ca_file)
        servers = [(origin_of(base_url(each)), zone_of(each)) for each in deployment.providers]
        secure = [(origin, zone) for origin, zone in servers if origin.scheme == "https" and not origin.is_loopback]
        cloud = frozenset(origin for origin, zone in secure if zone is Zone.CLOUD)
        inside = listed | {origin for origin, zone in secure if zone is Zone.ON_PREMISES}
        if profile is Profile.HYBRID:  # a host that is said to be in both is outside
            inside = frozenset(each for each in inside if not (_has_host(cloud, each) or is_public_service(each)))
        proxy = origin_of(deployment.proxy) if deployment.proxy else None
        if proxy is not None and not proxy.is_loopback and proxy not in inside:
            raise EgressError(f"The proxy {proxy} is not listed; add it to allowed_hosts in the deployment file.")
        return cls(profile, frozenset(inside), cloud, proxy, ca_file=deployment.ca_file)

    def check(self, url: str | httpx2.URL) -> Origin:
        """Lets a request pass, or raises.

        Returns:
            Where it goes.

        Raises:
            EgressError: the deployment does not permit it; the message says what to change.
        """
        origin = origin_of(url)
        if not self._permits(origin):
            raise EgressError(f"{self._refusal(origin)} Nothing was sent.")
        return origin

    def permits(self, url: str | httpx2.URL) -> bool:
        """Whether ``check`` lets it pass."""
        try:
            return self._permits(origin_of(url))
        except EgressError:
            return False

    def for_documents(self) -> Self:
        """The same for what is sent before anybody knows what is in it: a hybrid deployment keeps that on premises."""
        return self.confined() if self.profile is Profile.HYBRID else self

    def confined(self) -> Self:
        """The same without hosts outside, for what must stay on premises."""
        return replace(self, cloud=frozenset(), proxy=None, is_confined=True)

    def only(self, url: str | httpx2.URL) -> Self:
        """The same for one server, so that a redirect leads to no other machine.

        Raises:
            EgressError: the server itself is not permitted.
        """
        origin = frozenset({self.check(url)})
        return replace(self, on_premises=self.on_premises & origin, cloud=self.cloud & origin)

    def needs_proxy(self, origin: Origin) -> bool:
        """Whether requests to this place go through the proxy."""
        return self.proxy is not None and origin in self.cloud and origin not in self.on_premises

    def _permits(self, origin: Origin) -> bool:
        return origin.is_loopback or origin in self.on_premises or origin in self.cloud

    def _refusal(self, origin: Origin) -> str:
        if self.profile is Profile.LOCAL:
            return (
                f"The profile 'local' lets no connection leave this machine, and {origin} is another. Choose the "
                "profile 'on_premises', 'hybrid' or 'cloud' in the deployment file to permit it."
            )
        if self.is_confined:
            return f"This stays on premises, and {origin} is not on premises (allowed_hosts in the deployment file)."
        known = self.on_premises | self.cloud
        entry = str(origin).removeprefix("https://")
        if origin.scheme == "http" and any(each[:2] == ("https", origin.host) for each in known):
            return f"{origin.host} is permitted with https only; for plain http, add '{entry}' to allowed_hosts."
        if _has_host(known, origin):
            return f"{origin.host} is permitted at another port only; add '{entry}' to allowed_hosts."
        return (
            f"{origin} is not permitted by the profile '{self.profile}'. If it is to be, add '{entry}' to "
            "allowed_hosts in the deployment file."
        )


LOCAL_ONLY = EgressPolicy()
"""No connection leaves this machine."""


def egress_error(error: BaseException | None) -> EgressError | None:
    """The refusal behind an error of an HTTP client's library, which wraps it; None where there is none."""
    for _ in range(20):
        if error is None or isinstance(error, EgressError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _has_host(origins: Collection[Origin], origin: Origin) -> bool:
    return any(origin.host == each.host for each in origins)
