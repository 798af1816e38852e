"""Floor 2, the cycle: intake, drafting, approval, dispatch, deadlines; each restartable on its own."""
