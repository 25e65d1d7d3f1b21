"""What proves a backend or a definition, shipped to users; needs the extra `testing`."""
