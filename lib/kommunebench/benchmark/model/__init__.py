"""What is fitted: covariates, designs, the national Cox model of each group, its tables."""
