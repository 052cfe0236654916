"""`python -m benchmarks`: what the product costs beside the bare thing, measured in one run."""
