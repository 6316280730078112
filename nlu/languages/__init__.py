"""What we know of the languages themselves: which one a text is in, and which words of it are attested."""
