"""Imports point one way, and each third-party library has one owner."""

import sys

from tests.tidy.sources import PRODUCT, modules

MAY_IMPORT = {
    "rules": {"rules"},
    "billing": {"rules", "billing"},
    "reports": {"rules", "billing", "reports"},
    "billing/cli": {"rules", "billing", "billing/cli", "reports"},
}
"""Layer by layer, what its modules may import of the project."""

OWNERS = {
    "alembic": "billing/store/",
    "altair": "reports/charts.py",
    "apprise": "billing/alerting/channels/apprise_url.py",
    "babel": "reports/i18n.py",
    "click": "billing/cli/",
    "cryptography": "billing/books/signing.py",
    "duckdb": "billing/warehouse.py",
    "jinja2": "reports/",
    "markupsafe": "reports/",
    "pendulum": "rules/period.py",
    "rich": "billing/cli/",
    "sqlalchemy": "billing/store/",
    "sqlmodel": "billing/store/",
    "vl_convert": "reports/charts.py",
    "weasyprint": "reports/",
    "yaml": "billing/estimating/yaml_texts.py",
    "xlsxwriter": "reports/workbook.py",
    "zstandard": "billing/importing/inputs.py",
}
"""Where each third-party library may be imported: its traps are written down once."""


def layer_of(name: str) -> str:
    """The layer that an imported name of the project belongs to."""
    return "billing/cli" if name.startswith("billing.cli") else name.split(".")[0]


def test_imports_point_from_reports_to_billing_to_rules() -> None:
    wrong = [
        f"{module.path}:{line} imports {name}"
        for module in modules()
        for name, line in module.imports()
        if name.split(".")[0] in PRODUCT and layer_of(name) not in MAY_IMPORT[module.layer]
    ]
    assert not wrong, "\n".join(wrong)


def test_a_library_is_imported_only_by_its_owner() -> None:
    wrong = []
    for module in modules():
        for name, line in module.imports():
            library = name.split(".")[0]
            if library in PRODUCT or library in sys.stdlib_module_names:
                continue
            owner = OWNERS.get(library, "nobody: name one in tests/tidy/test_layers.py")
            if not module.path.startswith(owner):
                wrong.append(f"{module.path}:{line} imports {library}, which belongs to {owner}")
    assert not wrong, "\n".join(wrong)


def test_every_owned_library_is_used() -> None:
    used = {name.split(".")[0] for module in modules() for name, _ in module.imports()}
    assert set(OWNERS) <= used
