"""Reconciling is proved against bills that a provider of our own makes: it shares no code with the readers."""
