"""Whether a request comes from our own pages."""

from urllib.parse import urlsplit


def is_same_origin(site: str | None, origin: str | None, host: str) -> bool:
    """Whether no other site made the browser send the request (CSRF): its Sec-Fetch-Site, its Origin, our Host.

    Every current browser sends Sec-Fetch-Site to trustworthy origins, and Origin with any POST. What sends neither is
    not a browser and carries nobody's cookies. The scheme is not compared: a proxy may have changed it.

    >>> is_same_origin("cross-site", None, "rumbo.test"), is_same_origin(None, None, "rumbo.test")
    (False, True)
    """
    if site is not None:
        return site == "same-origin"
    return origin is None or _host(origin) == host


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
