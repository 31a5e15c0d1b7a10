"""The shell: request edge, page cache, headers, error pages, layout, components, static files."""
