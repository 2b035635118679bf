"""Tests of alerts: states, settings, delivery, messages."""
