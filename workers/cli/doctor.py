"""`odum doctor`: is everything there that a stack needs?"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from console.cli.errors import ExitCode
from console.cli.options import JsonOption, single_command
from console.cli.output import print_json
from workers.home import config_path
from workers.stack.doctor import Finding, examine

app = single_command()


@app.command()
def doctor(
    config: Annotated[Path | None, typer.Option(help="The profile to look at.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Check Python, packages, engines, ports, disk, state, profile and what runs."""
    findings = []
    for finding in examine(config.resolve() if config else config_path()):
        findings.append(finding)
        if not as_json:
            typer.echo(_line(finding))
    ok = all(finding.ok for finding in findings)
    if as_json:
        print_json({"ok": ok, "findings": [asdict(finding) for finding in findings]})
    if not ok:
        raise typer.Exit(ExitCode.UNAVAILABLE)


def _line(finding: Finding) -> str:
    mark = "ok     " if finding.ok else "PROBLEM"
    advice = "" if finding.ok else f"; {finding.advice}"
    return f"{mark}  {finding.subject:<18} {finding.detail}{advice}"
