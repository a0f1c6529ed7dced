"""``python -m ankiconnect``."""

import sys

from ankiconnect.cli import main

sys.exit(main())
