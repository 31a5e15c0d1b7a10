"""The headers of every reply, by surface. Cached and uncached replies take them from the same function."""

from functools import cache

CSP_BASE = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; manifest-src 'self'"
)


def surface(path: str) -> str:
    """Which side of the portal `path` (without its locale) belongs to."""
    for name in ("desk", "rate", "report", "embed", "static"):
        if path == f"/{name}" or path.startswith(f"/{name}/"):
            return name
    return "public"


@cache
def security_headers(where: str, https: bool) -> tuple[tuple[str, str], ...]:
    """Headers of a reply on the surface `where`."""
    script = "'none'" if where in {"report", "embed"} else "'self'"
    ancestors = "*" if where == "embed" else "'none'"
    private = where in {"desk", "rate", "report"}
    headers = [
        ("Content-Security-Policy", f"{CSP_BASE}; script-src {script}; frame-ancestors {ancestors}"),
        ("Referrer-Policy", "same-origin"),  # no-referrer would make browsers send Origin: null
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin" if private else "cross-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()"),
    ]
    if private:
        headers.append(("Cache-Control", "no-store"))
    if https:
        headers.append(("Strict-Transport-Security", "max-age=63072000; includeSubDomains"))
    return tuple(headers)
