"""Says good morning in a few languages."""

__version__ = "1.4.0"
