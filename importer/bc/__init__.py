"""The edge towards Business Central: dialects, credentials, requests and replies, and the one client that speaks HTTP.

    connection ─▶ client ─┬▶ reading, posted ─┬▶ exchange ─▶ gate, limits, auth ─▶ httpx
                          └▶ writing, rehearsal ┘
    flavours, wire, replies, records, customers, json_text: pure

Nothing here decides what is paid: it carries out `ports.BusinessCentral` and says honestly what is not known.
"""
