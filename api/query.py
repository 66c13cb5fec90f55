"""Unknown query parameters are refused: a misspelt filter must not list everything."""

from __future__ import annotations

from fastapi import Request
from fastapi.dependencies.models import Dependant

from api.errors import RefusedField
from api.field_problems import printable


def parameter_names(dependant: Dependant) -> frozenset[str]:
    """The query parameters that a route takes, itself or by what it depends on."""
    own = frozenset(field.alias for field in dependant.query_params)
    return own.union(*map(parameter_names, dependant.dependencies))


def require_known_parameters(request: Request, names: frozenset[str]) -> None:
    """Raises RefusedField for a parameter that is not among the names, or stands twice."""
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in names:
            raise RefusedField(
                printable(name),
                "unknown_field",
                f"{printable(name)} is not a parameter of this request; remove it or correct its "
                "spelling.",
            )
        if name in seen:
            raise RefusedField(name, "duplicate_key", f"{name} stands twice; send one of them.")
        seen.add(name)
