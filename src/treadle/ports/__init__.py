"""What the runtime needs from the outside, each as a small Protocol."""
