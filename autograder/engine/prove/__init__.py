"""What proves the material, and shows it: made-up submissions, and what they must get."""
