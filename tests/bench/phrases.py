"""What payers write around numbers in 25 languages, and what stands in a line without meaning an invoice. All invented."""

from __future__ import annotations

from random import Random

INVOICE = {
    "de": ("Rechnung {}", "Rg.Nr. {}", "RE {}", "Rechnungen {}", "Re-Nr {} vielen Dank", "Zahlung Rechnung Nr. {}"),
    "en": ("Invoice {}", "Inv. {}", "payment of invoice no {}", "{}", "Invoices {} thank you"),
    "fr": ("Facture {}", "FACT N° {}", "reglement facture {}", "VIR SEPA FACT {}"),
    "nl": ("Factuur {}", "factuurnr {}", "betaling factuur {}"),
    "da": ("Faktura {}", "Faktura nr. {}", "betaling faktura {}"),
    "sv": ("Faktura {}", "FAKTURA {}", "betalning {}"),
    "no": ("Fakturanr. {}", "faktura {}", "betaling av faktura {}"),
    "fi": ("Lasku {}", "laskun nro {}", "maksu laskusta {}"),
    "pl": ("Faktura {}", "zapłata za fakturę nr {}", "FV {}"),
    "cs": ("Faktura {}", "úhrada faktury {}", "fa {}"),
    "it": ("Fattura {}", "SALDO FATT. N. {}", "pagamento fattura {}"),
    "es": ("Factura {}", "pago factura {}", "fra {}"),
    "hu": ("számla {}", "Számlaszám: {}", "{} sz. számla"),
    "et": ("Arve nr {}", "arve {}", "makse arve {}"),
    "hr": ("Račun {}", "uplata po računu {}", "račun br. {}"),
    "sl": ("Račun {}", "plačilo računa št. {}"),
    "sk": ("Faktúra {}", "úhrada faktúry č. {}"),
    "pt": ("Fatura {}", "pagamento fatura n.º {}", "FT {}"),
    "ro": ("Factura {}", "c/v factura {}", "plata factura nr. {}"),
    "lt": ("Sąskaita {}", "apmokėjimas pagal sąskaitą Nr. {}"),
    "lv": ("Rēķins {}", "apmaksa rēķins Nr. {}"),
    "tr": ("Fatura {}", "fatura no {} ödemesi"),
    "is": ("Reikningur {}", "greiðsla reiknings {}"),
    "bg": ("Фактура {}", "плащане по фактура {}"),
    "el": ("Τιμολόγιο {}", "πληρωμή τιμολογίου {}"),
}
AND = {
    "de": (" und ", " u. ", ", ", "+"), "en": (" and ", ", ", " & "), "fr": (" et ", ", "), "nl": (" en ", ", "),
    "da": (" og ", ", "), "sv": (" och ", ", "), "no": (" og ", ", "), "fi": (" ja ", ", "), "pl": (" i ", ", "),
    "cs": (" a ", ", "), "it": (" e ", ", "), "es": (" y ", ", "), "hu": (" es ", ", "), "et": (" ja ", ", "),
    "hr": (" i ", ", "), "sl": (", ",), "sk": (" a ", ", "), "pt": (" e ", ", "), "ro": (" si ", ", "), "lt": (" ir ", ", "),
    "lv": (" un ", ", "), "tr": (" ve ", ", "), "is": (" og ", ", "), "bg": (" и ", ", "), "el": (", ",),
}  # fmt: skip
RANGE = {
    "de": (" bis ", "-", " - ", " bis einschl. "), "en": (" to ", "-", " through "), "fr": (" au ", "-"), "nl": (" t/m ", "-"),
    "da": (" til ", "-"), "sv": (" till ", " t.o.m. "), "no": (" til ", "-"), "fi": (" - ", "-"), "pl": (" do ", "-"),
    "cs": (" až ", "-"), "it": (" al ", "-"), "es": (" a ", " al "), "hu": ("-",), "et": (" kuni ", "-"), "hr": (" do ", "-"),
    "sl": (" do ", "-"), "sk": (" až ", "-"), "pt": (" a ", " até "), "ro": ("-",), "lt": (" iki ", "-"), "lv": (" līdz ",),
    "tr": ("-",), "is": (" til ",), "bg": (" до ",), "el": ("-",),
}  # fmt: skip
CUSTOMER = {
    "de": "Kd-Nr. {}", "en": "customer {}", "fr": "REF CLIENT {}", "nl": "klantnr {}", "da": "kundenr. {}", "sv": "kundnr {}",
    "no": "kundenr {}", "fi": "asiakasnro {}", "pl": "nr klienta {}", "cs": "zákazník {}", "it": "COD. CLIENTE {}",
    "es": "cliente {}", "hu": "ügyfél {}", "et": "klient {}", "hr": "kupac {}", "sl": "stranka {}", "sk": "zákazník {}",
    "pt": "cliente {}", "ro": "client {}", "lt": "klientas {}", "lv": "klients {}", "tr": "müşteri {}",
    "is": "viðskiptamaður {}", "bg": "клиент {}", "el": "πελάτης {}",
}  # fmt: skip
THANKS = ("", "", "", " Danke", " thank you", " merci", " tack")
NAMES = (
    "Nordwind", "Südstern", "Alpenrose", "Hanseat", "Möwenfels", "Fjordlys", "Kestrel", "Brightwater", "Oakhurst", "Valdemar",
    "Lindenthal", "Sjøholm", "Čapek", "Żuraw", "Ibérica", "Lumière", "Quercia", "Tulipan", "Rautio", "Kaunis", "Harjumaa",
    "Borealis", "Mistral", "Pinewood", "Eberhard", "Gustavsen", "Hjelm", "Steiner", "Okkenhaug", "Ravnsborg",
)  # fmt: skip
TRADES = (
    "Handels", "Logistik", "Möbel", "Bau", "Elektro", "Textil", "Foods", "Print", "Marine", "Optik", "Metall", "Garten",
    "Papier", "Holz", "Glas", "Licht",
)  # fmt: skip
FORMS = ("GmbH", "AG", "Ltd", "AB", "ApS", "BV", "SARL", "Oy", "s.r.o.", "Sp. z o.o.", "OÜ", "KG", "AS", "SRL")
PRIVATE = ("Anna", "Erik", "Maja", "Jan", "Sofia", "Peter", "Clara", "Tomas")


def distractor(random: Random) -> str:
    """Digits that mean no document of ours."""
    digits = "".join(random.choice("0123456789") for _ in range(9))
    kinds = (
        f"Tel +49 {digits[:3]} {digits[3:9]}",
        f"vom {random.randrange(1, 28):02d}.{random.randrange(1, 12):02d}.2026",
        f"Bestellung {digits[:6]}",
        f"Order {digits[:7]}",
        f"MREF+{digits[:7]}",
        f"USt-ID DE{digits}",
        f"IBAN DE{digits[:2]}{digits}{digits[:9]}",
        f"Vertrag {digits[:8]}",
        f"{random.randrange(1, 28):02d}/{random.randrange(1, 12):02d}/26",
        f"EUR {random.randrange(10, 999)},{random.randrange(10, 99)}",
        f"KVK {digits[:8]}",
        f"Lieferschein {digits[:6]}",
        f"Zeitraum 01.{random.randrange(1, 12):02d}.2026-28.{random.randrange(1, 12):02d}.2026",
        f"Karte {digits[:4]} XXXX XXXX {digits[4:8]}",
        f"HRB {digits[:6]}",
        f"{random.randrange(10, 23)}:{random.randrange(10, 59)} Uhr",
        f"Hauptstr. {digits[0]}, {digits[1:6]} Neustadt",
        f"CRED+DE98ZZZ0{digits}9",
        f"Org.nr {digits[:6]}-{digits[5:]}",
        f"inkl. 19% MwSt {random.randrange(10, 99)},{random.randrange(10, 99)}",
        f"Unsere Ref. 2026-{digits[:3]}",
        f"PO {digits[:8]}",
        f"Kundennummer bei uns {digits[:7]}",
        f"Zahlung {random.randrange(1, 5)} von 5",
    )
    return random.choice(kinds)
