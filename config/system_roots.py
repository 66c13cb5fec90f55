"""Where this machine keeps the certificate authorities that it trusts, as one file."""

import ssl
from pathlib import Path

# OpenSSL's own default is a folder on some systems, and on others a file that is not there; the
# database's client library takes a file only.
_PLACES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Gentoo
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # Alpine, macOS
)


def system_roots() -> Path | None:
    """The file, which the variable SSL_CERT_FILE may name; None where there is none."""
    default = ssl.get_default_verify_paths().cafile
    places = (Path(place) for place in (default, *_PLACES) if place)
    return next((place for place in places if place.is_file()), None)
