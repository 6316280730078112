"""The Flask edge for machines: Twilio's messages and status callbacks, health and metrics."""
