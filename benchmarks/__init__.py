"""Measurements that take too long, or say too much of one machine, to be tests."""
