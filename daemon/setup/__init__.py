"""What `firstreply init` knows and writes: providers, the choice among servers, the file."""
