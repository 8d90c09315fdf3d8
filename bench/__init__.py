"""What things cost: `make bench` measures, RESULTS.md holds what it found."""
