"""The person bootstrap of the whole chain: the check on the analytic standard errors."""
