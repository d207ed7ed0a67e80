"""Where the dashboard listens: this machine only; and how that address is written."""

from ipaddress import IPv6Address, ip_address

from regiebeeld.domain import AccessError


def check_loopback(host: str) -> None:
    """Refuse any address that others can reach; raise AccessError with the reason in words."""
    if host == "localhost":
        return
    try:
        if ip_address(host).is_loopback:
            return
    except ValueError:
        pass
    raise AccessError(
        f"adres {host!r} geweigerd: zolang inloggen nog niet kan, luistert het dashboard"
        " alleen op deze machine; kies 127.0.0.1"
    )


def name_host(host: str) -> str:
    """Write a host as it stands in an address: 127.0.0.2, localhost, or [::1]."""
    try:
        known = ip_address(host)
    except ValueError:
        return host.lower()
    return f"[{known}]" if isinstance(known, IPv6Address) else str(known)


def write_address(host: str, port: int) -> str:
    """Write the address of the dashboard for a browser: http://127.0.0.1:8000."""
    return f"http://{name_host(host)}:{port}"
