"""Month names of the languages banks write in. A plain table: the locale of this machine never has a say."""

from __future__ import annotations

from functools import cache

_NAMES = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "af": "januarie februarie maart april mei junie julie augustus september oktober november desember",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "id": "januari februari maret april mei juni juli agustus september oktober november desember",
}
# Short forms that are not the first three letters.
_SHORT = {
    "de": {"mär": 3, "mrz": 3, "jän": 1, "sept": 9},
    "en": {"sept": 9},
    "fr": {"janv": 1, "févr": 2, "fév": 2, "avr": 4, "juil": 7, "juin": 6, "sept": 9},
    "nl": {"mrt": 3},
    "af": {"mrt": 3},
    "it": {"sett": 9},
    "es": {"sept": 9},
    "pl": {"paź": 10},
}
LANGUAGES = tuple(_NAMES)


@cache
def month_numbers(language: str) -> dict[str, int]:
    """Month number by name, long or short, case folded. A short form shared by two months of a language is left out."""
    names = _NAMES[language].split()
    short = [name[:3] for name in names]
    numbers = {text: number for number, text in enumerate(short, 1) if short.count(text) == 1}
    return numbers | {name: number for number, name in enumerate(names, 1)} | _SHORT.get(language, {})
