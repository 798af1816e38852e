"""firstreply, the service: imports point downward only (docs/OVERVIEW.md shows the floors)."""
