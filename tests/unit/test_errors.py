from importer.errors import Exit, strongest


def test_the_most_serious_exit_code_wins() -> None:
    order = [6, 74, 77, 78, 5, 75, 69, 4, 3, 0]
    codes = [Exit(number) for number in order]
    for position in range(len(codes)):
        assert strongest(codes[position:][::-1]) == order[position]


def test_nothing_reported_is_done() -> None:
    assert strongest([]) is Exit.DONE
