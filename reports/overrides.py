"""A user's own templates: `templates/SECTION.html` of the workspace stands in for that section's template.

They run in Jinja's sandbox, always escaped, and get what our template of the section gets, and as `report` the document that
`--format json` prints. What is wrong in one is said with its file and line.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from traceback import walk_tb
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reports.errors import ReportError
from reports.sections import SECTIONS
from rules.errors import suggestion


class OwnTemplateError(ReportError):
    """A user's template that can't be used; the place is its file and line."""


class Overrides:
    """The templates in a folder, which need not exist; `names` are the sections that they stand in for."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        files = [] if folder is None or not folder.is_dir() else sorted(folder.glob("*.html"))
        for file in files:
            if file.stem not in SECTIONS:
                raise OwnTemplateError(
                    f"there is no section {file.stem!r}",
                    place=str(file),
                    hint=suggestion(file.stem, SECTIONS),
                )
        self.names = frozenset(file.stem for file in files)

    def render(self, section: str, values: Mapping[str, Any]) -> str:
        """What the user's template of that section makes of the values."""
        assert self._folder is not None
        file = self._folder / f"{section}.html"
        try:
            self._check(file)
            return self._environment.get_template(f"own/{section}.html").render(**values)
        except OwnTemplateError:
            raise
        except TemplateSyntaxError as error:
            raise _wrong(file, error.lineno, str(error.message)) from None
        except Exception as error:
            raise _wrong(file, _line(error, file), f"{type(error).__name__}: {error}") from None

    def _check(self, file: Path) -> None:
        """Refuse what would switch escaping off."""
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise _wrong(file, None, "it can't be read as UTF-8 text") from None
        for node in self._environment.parse(text, filename=str(file)).find_all(nodes.EvalContextModifier):
            raise _wrong(file, node.lineno, "escaping can't be switched off")

    @cached_property
    def _environment(self) -> Environment:
        from reports.page import add_filters

        assert self._folder is not None
        environment = _Sandbox(
            loader=ChoiceLoader([_Own(self._folder), FileSystemLoader(Path(__file__).parent)]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        add_filters(environment)
        for name in ("safe", "forceescape"):
            environment.filters.pop(name)
        return environment


class _Own(FileSystemLoader):
    """The user's files below `own/`, so that none of them hides one of ours."""

    def get_source(self, environment: Environment, template: str) -> Any:
        return super().get_source(environment, template.removeprefix("own/"))


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, in which paths, too, are only texts."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may look at it."""
        return not isinstance(obj, Path) and super().is_safe_attribute(obj, attr, value)


def _line(error: BaseException, file: Path) -> int | None:
    """The line of the file in which the error came up."""
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == str(file)]
    return lines[-1] if lines else None


def _wrong(file: Path, line: int | None, message: str) -> OwnTemplateError:
    place = str(file) if line is None else f"{file}, line {line}"
    return OwnTemplateError(
        message, place=place, hint="mend it, or move it away to have the section as it ships"
    )
