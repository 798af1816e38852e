"""Floor 0, deciding: pure functions that return data with a reason; no I/O, no clock, no logging."""
