"""Rasa components of our own. They run in Rasa's environment only; docs/nlu.md says what each was measured to bring."""
