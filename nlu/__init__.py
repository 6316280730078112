"""Everything about understanding: training data, Rasa components, the server that runs them and its client.

Modules here run in two environments. `components/`, `server.py`, `train.py` and `crossvalidate.py` run in Rasa's own
(nlu/pyproject.toml); the rest imports nothing but the standard library, rapidfuzz and PyYAML, and runs in both.
"""
