"""The command line."""

import argparse

from greeter import __version__
from greeter.catalogue import greeting
from greeter.plain import plain


def main():
    """Prints one greeting."""
    parser = argparse.ArgumentParser(description="Says good morning.")
    parser.add_argument("language", nargs="?", default="en")
    parser.add_argument("--ascii", action="store_true")
    parser.add_argument("--version", action="version", version=__version__)
    arguments = parser.parse_args()
    text = greeting(arguments.language)
    print(plain(text) if arguments.ascii else text)
