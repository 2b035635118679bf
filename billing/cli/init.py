"""`imcost init`: makes a workspace, with its settings written out."""

from __future__ import annotations

from pathlib import Path

import click

from billing.cli.options import Context, common_options

SETTINGS = """\
# The settings of this workspace. What is left out has the value shown.

tariff = {tariff}         # or a tariff of your own: tariffs/NAME.toml
# account = "…"                # of input that names none
# region = "cn-hangzhou"       # of input that names none

[[alerts.quota]]
quota = "*"                    # or one quota; account and region may be named too
warning = "80%"                # a share, or an absolute count: "45"
critical = "95%"
clear = "5%"                   # resolves only this far below the threshold
for = "0m"                     # must hold this long before it fires
forecast = "7d"                # warns, too, when the limit is expected to be reached within

# [[alerts.budget]]
# name = "search team"
# monthly = "5000"
# tag = {{ team = "search" }}    # empty: everything
# actual = ["80%", "100%"]
# forecast = ["100%"]

# [alerts.health]              # the workspace itself: "off", "warning" or "critical"
# stale = "off"                # a quota's last observation is old
# checks = "off"               # imcost check finds errors
# unrated = "off"              # quantities have no price

[notify]
urls = []                      # where alerts are sent
repeat = "4h"                  # while nobody acknowledges it
# language = "en"              # or "zh"
# secret = "${{IMCOST_WEBHOOK_SECRET}}"   # signs webhooks

# [books]
# settling = "0h"              # a month can be closed so long after its end
# signing_key = "key.pem"      # your own Ed25519 key: closed statements are signed
"""


@click.command(
    name="init",
    help="Make a workspace. On one that exists it changes nothing.\n\n\b\nExample:\n  imcost init",
)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@common_options
def command(ctx: Context, folder: Path | None) -> None:
    """Make the folder DIR, or the one of --workspace."""
    from billing.workspace import Workspace

    workspace = Workspace(folder or ctx.workspace_path)
    made = make_workspace(workspace.root, ctx.tariff_name)
    answer = {"workspace": str(workspace.root), "settings": str(workspace.settings), "made": made}
    if ctx.json:
        ctx.print_json(answer)
    else:
        said = "Made the workspace" if made else "Nothing to do: there is a workspace already in"
        click.echo(f"{said} {workspace.root}")
        click.echo(f"Its settings are in {workspace.settings}")


def make_workspace(root: Path, tariff: str | None = None) -> bool:
    """Make a workspace at `root`, priced with `tariff`; False where there was one, of which nothing is changed.

    A tariff that is not known is refused before anything is made.
    """
    import json

    from billing.settings import DEFAULT_TARIFF, read_settings
    from billing.store import create_store
    from billing.workspace import Workspace
    from rules.tariff import load

    workspace = Workspace(root)
    if workspace.exists():
        return False
    if not workspace.settings.exists():
        name = tariff or DEFAULT_TARIFF
        load(name, search=[workspace.tariffs])
        workspace.tariffs.mkdir(parents=True, exist_ok=True)
        text = SETTINGS.format(tariff=json.dumps(name, ensure_ascii=False))
        workspace.settings.write_text(text, encoding="utf-8")
    read_settings(workspace.settings)
    create_store(workspace)
    return True
