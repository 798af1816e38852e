"""The demonstration: a mail server inside the process, so that a newcomer sees the daemon work at once.

Needs the extra `demo` (pymap, aiosmtpd); the daemon itself never imports this package.
"""
