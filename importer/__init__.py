"""Bank exports become customer payment journal lines in Dynamics 365 Business Central, exactly once."""

__version__ = "0.1.0"
