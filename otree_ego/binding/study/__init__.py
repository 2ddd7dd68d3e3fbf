"""What a study has around its talk and decisions: who is told of AIs, comprehension checks, pay, and its last page."""
