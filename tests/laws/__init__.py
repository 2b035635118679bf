"""The laws of the bill, as properties that hold for usage records made at every edge that we know of."""
