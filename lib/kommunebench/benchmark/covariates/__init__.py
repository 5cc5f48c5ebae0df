"""Covariates of spells as columns of a model."""
