"""The only file that imports ccxt, and only as much of it as Deribit needs.

`import ccxt` loads its hundred exchanges, twice: five seconds of CPU and 60 MB, most of the time
that a venue worker takes to start. Its two packages stand in as empty ones while the one client is
imported, and make room afterwards, so that anybody else who imports ccxt gets all of it. Should a
version of ccxt not bear that, it is imported whole.

Importing it also must not touch our arithmetic: it sets decimal contexts in places.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import getcontext, setcontext
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_LOG = logging.getLogger(__name__)
_PACKAGES = ("ccxt", "ccxt.async_support")


def _client_and_error() -> tuple[Any, Any]:
    context = getcontext().copy()
    try:
        if "ccxt" in sys.modules:
            return _whole()
        try:
            return _part()
        except (ImportError, AttributeError) as error:
            _LOG.warning("this ccxt is imported whole, because of: %s", error)
            for name in [name for name in sys.modules if name.partition(".")[0] == "ccxt"]:
                del sys.modules[name]
            return _whole()
    finally:
        setcontext(context)


def _part() -> tuple[Any, Any]:
    with _stand_ins():
        package = sys.modules["ccxt"]
        errors = import_module("ccxt.base.errors")
        # What its modules take from the package itself.
        vars(package).update({k: v for k, v in vars(errors).items() if not k.startswith("_")})
        vars(package)["Exchange"] = import_module("ccxt.base.exchange").Exchange
        client = import_module("ccxt.async_support.deribit").deribit
        return client, errors.BaseError


def _whole() -> tuple[Any, Any]:
    from ccxt.async_support.deribit import deribit  # noqa: PLC0415 - seconds, if not needed
    from ccxt.base.errors import BaseError  # noqa: PLC0415

    return deribit, BaseError


@contextmanager
def _stand_ins() -> Iterator[None]:
    """Both packages without their contents, which import everything."""
    spec = find_spec("ccxt")
    if spec is None or spec.submodule_search_locations is None:
        raise ImportError("ccxt is not installed")
    folders = list(spec.submodule_search_locations)
    try:
        for name in _PACKAGES:
            tail = name.split(".")[1:]
            stand_in = ModuleType(name)
            stand_in.__path__ = ["/".join([folder, *tail]) for folder in folders]
            sys.modules[name] = stand_in
        yield
    finally:
        for name in _PACKAGES:
            sys.modules.pop(name, None)


DeribitClient, CcxtError = _client_and_error()
