"""A local Business Central for demonstrations and tests. It shares no request- or reply-shaping code with the client."""
