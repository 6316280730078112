"""The pure core: what a message means for a person and what they are told. No I/O, no framework, no vendor."""
