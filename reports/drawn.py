"""A drawing that is made where a page shows it, so that none is made for nothing."""

from collections.abc import Callable

from markupsafe import Markup


class Drawn:
    """Stands in a template for what `draw` gives, which is asked for when it is written."""

    def __init__(self, draw: Callable[[], Markup]) -> None:
        self._draw = draw

    def __html__(self) -> Markup:
        """The drawing."""
        return self._draw()
