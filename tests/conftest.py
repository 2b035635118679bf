"""Settings of every test: how many examples the laws try, and that a few records are metered the way many are."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "dev",
    max_examples=3,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("ci", parent=settings.get_profile("dev"), max_examples=20, print_blob=True)
settings.register_profile("thorough", parent=settings.get_profile("ci"), max_examples=300)
settings.register_profile("shrink", parent=settings.get_profile("ci"), phases=tuple(Phase))
settings.load_profile("dev")


@pytest.fixture(autouse=True, scope="session")
def plain_files_told_apart() -> Iterator[None]:
    """Let metering tell files of plain rows from others however small they are."""
    from billing.store import views

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views, "SMALL_ROWS", 0)
        yield
