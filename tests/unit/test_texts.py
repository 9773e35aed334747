import pytest

from importer.texts import cut, one_line, utf16_length


def test_an_emoji_counts_as_two_characters_as_in_business_central() -> None:
    assert utf16_length("a\U0001f600") == 3


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("short", 50, "short"),
        ("x" * 51, 50, "x" * 50),
        ("x" * 49 + "\U0001f600", 50, "x" * 49),
        ("x" * 48 + "\U0001f600", 50, "x" * 48 + "\U0001f600"),
        ("x" * 49 + "e\u0301", 50, "x" * 49),
        ("abc def", 4, "abc"),
    ],
)
def test_text_is_cut_between_characters_never_inside_one(text: str, limit: int, kept: str) -> None:
    assert cut(text, limit) == kept


def test_control_and_direction_characters_disappear_and_blanks_become_one() -> None:
    assert one_line(" a\r\n\tb\u202ec\u200bd\x07e\u00a0f ") == "a bcde f"
