"""Everything a person reads, with its loader and checks. No logic in the data, no wording in the code."""
