"""Influence functions of the whole chain, and the covariance of the indicators."""
