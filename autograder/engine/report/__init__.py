"""What is shown of a grade: results, gradebooks, pages."""
