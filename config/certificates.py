"""Files of certificates and keys (PEM). One that is none would only show as a connection that never
comes up, because whoever connects takes that for a server which is away."""

import ssl


def holds_certificates(file: str) -> bool:
    """Whether at least one certificate can be read from it."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    except ssl.SSLError:
        return False
    return True


def is_key_of(key_file: str, certificate_file: str) -> bool:
    """Whether it is the private key of the certificate, and needs no password."""
    try:
        # Without a password of ours OpenSSL would ask the terminal for one.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(
            certificate_file, key_file, password=""
        )
    except ssl.SSLError:
        return False
    return True
