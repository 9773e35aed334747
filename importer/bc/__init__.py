"""The edge towards Business Central: dialects, credentials, requests and replies, and the one client that speaks HTTP.

    connection ─▶ client ─▶ reading ─▶ exchange ─▶ gate ─▶ httpx
                    │          │           └ limits, auth
                    └ wire, replies, records, flavours, json_text      (pure)

Nothing here decides what is paid: it carries out `ports.BusinessCentral` and says honestly what is not known.
"""
