"""Alerts: what is watched, the states that it goes through, who is told, and that it is told once and surely.

`rules` says what fires when, `machine` what becomes of an alert from one check to the next, `check` runs one check and keeps its
states and messages in one transaction, `delivery` brings the messages to `channels`. Quota accounting, budgets and prices are
asked for what they know; nothing here computes money.
"""
