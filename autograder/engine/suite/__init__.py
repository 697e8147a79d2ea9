"""Hidden suites: tests that state calls of the student's functions, ask, and judge the answers."""
