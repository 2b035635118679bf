"""A real trace of 7,255 instances, billed in five months and two currencies."""
