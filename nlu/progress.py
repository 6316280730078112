"""Tell how far training is: one line a stage on standard output, which the command line reads."""


def tell(stage: str) -> None:
    """Print a stage at once."""
    print(f"stage: {stage}", flush=True)
