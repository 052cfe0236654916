"""Evidence: photos and signatures, from the bytes of an upload to what a reviewer looks at."""
