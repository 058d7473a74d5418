"""What declarations promise, held against each other and against the code."""
