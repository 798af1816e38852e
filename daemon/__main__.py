"""`python -m daemon` is `firstreply`."""

import sys

from daemon.cli import main

sys.exit(main())
