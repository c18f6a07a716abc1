"""Answers with a greeting."""
