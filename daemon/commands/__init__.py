"""Floor 3, the commands behind `firstreply`, each a thin act over the floors below."""
