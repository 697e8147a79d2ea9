"""What students and graders get: stubs, zips, Otter."""
