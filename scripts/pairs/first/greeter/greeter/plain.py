"""Letters without their marks, for terminals that cannot show them."""

import unicodedata


def plain(text):
    """The text in ASCII."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
