"""Reading, floor 0: what a mail is, who wrote it, what it says. Pure: no I/O, no clock, no logging."""
