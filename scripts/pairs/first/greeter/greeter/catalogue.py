"""The greetings, by language."""

GREETINGS = {
    "de": "Guten Morgen",
    "en": "Good morning",
    "fr": "Bonjour",
    "pl": "Dzień dobry",
}


def greeting(language):
    """The greeting in a language, in English where it is not known."""
    return GREETINGS.get(language, GREETINGS["en"])
