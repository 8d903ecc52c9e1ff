"""What is shown of results: everything here is text made from the lines of a result file."""
