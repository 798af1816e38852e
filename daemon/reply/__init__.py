"""Floor 1, writing: facts and templates become the draft of a reply."""
