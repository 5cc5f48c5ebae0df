"""Blocks of spells in memory or in tasks, and sums over them."""
