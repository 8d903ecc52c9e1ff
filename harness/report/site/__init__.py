"""The site that people look at: static pages that work from a file."""
