"""How Business Central says no: HTTP status, error code and text (business-central-api.md, section 2)."""

from __future__ import annotations


class Refusal(Exception):
    """A request that is answered with an error; whatever it had changed is taken back."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def dialog(message: str) -> Refusal:
    """An error that the application code raised itself."""
    return Refusal(400, "Application_DialogException", message)


def bad_request(message: str) -> Refusal:
    """A body or a query that cannot be understood."""
    return Refusal(400, "BadRequest", message)


def no_route(url: str) -> Refusal:
    """There is no such entity set or action."""
    return Refusal(404, "BadRequest_NotFound", f"No HTTP resource was found that matches the request URI '{url}'.")


def no_record(segment: str) -> Refusal:
    """There is no record with that key."""
    return Refusal(404, "BadRequest_ResourceNotFound", f"Resource not found for the segment '{segment}'.")


def no_related(field: str, value: str, table: str, of_table: str = "Gen. Journal Line") -> Refusal:
    """A field names a record of another table that does not exist."""
    text = (
        f"The field {field} of table {of_table} contains a value ({value}) that cannot be found "
        f"in the related table ({table})."
    )
    return Refusal(400, "Internal_InvalidTableRelation", text)


def must_have_value(field: str, where: str) -> Refusal:
    """A field that must be filled is blank."""
    text = f"{field} must have a value in {where}. It cannot be zero or empty."
    return Refusal(400, "Application_FieldValidationException", text)


def too_long(value: str, length: int, limit: int) -> Refusal:
    """A text does not fit its field."""
    text = (
        f"The length of the string is {length}, but it must be less than or equal to {limit} characters. Value: {value}"
    )
    return Refusal(400, "Application_StringExceededLength", text)


def not_allowed(method: str, what: str, kind: str = "Collection") -> Refusal:
    """The verb does not fit the resource."""
    text = (
        f"'{method}' requests for '{what}' of EdmType '{kind}' are not allowed within "
        "Dynamics 365 Business Central OData web services."
    )
    return Refusal(405, "BadRequest_MethodNotAllowed", text)
