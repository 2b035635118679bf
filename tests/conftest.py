"""Settings of every test: how many examples the laws try."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "dev", max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.register_profile("ci", parent=settings.get_profile("dev"), max_examples=25, print_blob=True)
settings.register_profile("thorough", parent=settings.get_profile("ci"), max_examples=400)
settings.load_profile("dev")
