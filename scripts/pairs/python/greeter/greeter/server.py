"""The web server."""

import flask
import yaml

LANGUAGES = {"en", "de", "fr", "pl"}

app = flask.Flask(__name__)


@app.get("/<language>")
def greet(language):
    """The greeting in one of the languages."""
    if language not in {"en", "de", "fr", "pl"}:
        flask.abort(404)
    with open("/app/greetings.yaml", encoding="utf-8") as greetings:
        return yaml.safe_load(greetings)[language]


def main():
    """Listens on all addresses."""
    app.run(host="0.0.0.0", port=8000)
