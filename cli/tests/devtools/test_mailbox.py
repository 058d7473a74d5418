"""The mail inbox, fed by smtplib, with mail as hostile as it comes."""

from __future__ import annotations

import asyncio
import smtplib
from email.message import EmailMessage

import pytest

from prost_cli.devtools.mailbox import attachment, header, open_letter, parse

HOSTILE = '<script>fetch("https://evil.example")</script><img src="https://tracker.example/pixel.gif">'


async def send(devtools, content, sender="shop@prost.example", to=("lena@example.org",)):
    def deliver():
        with smtplib.SMTP("127.0.0.1", devtools.smtp_port, timeout=5) as smtp:
            if isinstance(content, EmailMessage):
                smtp.send_message(content, sender, list(to))
            else:
                smtp.sendmail(sender, list(to), content)

    await asyncio.to_thread(deliver)


def letter(subject="Willkommen", text="Grüße aus München", html=None):
    message = EmailMessage()
    message["From"] = "Prost <shop@prost.example>"
    message["To"] = "Lena <lena@example.org>"
    message["Subject"] = subject
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


async def test_a_sent_mail_is_in_the_inbox_with_its_envelope(devtools, http):
    await send(devtools, letter(), to=("lena@example.org", "hidden@example.org"))

    (item,) = (await (await http.get("/api/mails")).json())["items"]
    mail = await (await http.get(f"/api/mails/{item['id']}")).json()

    assert (item["subject"], item["sender"]) == ("Willkommen", "shop@prost.example")
    assert item["recipients"] == ["lena@example.org", "hidden@example.org"]
    assert mail["letter"]["text"].strip() == "Grüße aus München"
    assert ["to", "Lena <lena@example.org>"] in mail["letter"]["headers"]


async def test_hostile_mail_is_text_on_our_page_and_powerless_in_its_frame(devtools, http):
    await send(devtools, letter(subject=HOSTILE, text=HOSTILE, html=HOSTILE))

    page = await http.get("/mail/1")
    frame = await http.get("/api/mails/1/html")

    text = await page.text()
    assert '<iframe sandbox="" src="/api/mails/1/html"' in text
    assert "<script>fetch" not in text
    assert "&lt;img src=&#34;https://tracker.example" in text
    policy = frame.headers["Content-Security-Policy"]
    assert "sandbox" in policy.split("; ")
    assert "default-src 'none'" in policy
    assert "https:" not in policy
    assert frame.headers["X-Content-Type-Options"] == "nosniff"


async def test_links_are_listed_and_only_those_of_the_web(devtools, http):
    text = "Bestätigen: http://127.0.0.1:8080/verify?token=a&b=1. javascript:alert(1) ftp://x/y"

    await send(devtools, letter(text=text))

    mail = await (await http.get("/api/mails/1")).json()
    assert mail["letter"]["links"] == ["http://127.0.0.1:8080/verify?token=a&b=1"]


async def test_attachments_are_downloads_whatever_they_claim_to_be(devtools, http):
    raw = (
        b"Subject: a\r\nContent-Type: text/html\r\n"
        b"Content-Disposition: attachment; filename*=utf-8''..%2Fa%22%0D%0AX:%20y%3Cb%3E.html\r\n\r\n"
        b"<script>alert(1)</script>\r\n"
    )

    await send(devtools, raw)
    mail = await (await http.get("/api/mails/1")).json()
    (part,) = mail["letter"]["attachments"]
    download = await http.get(f"/api/mails/1/parts/{part['index']}")

    assert await download.read() == b"<script>alert(1)</script>\r\n"
    assert download.content_type == "application/octet-stream"
    assert download.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert "X" not in download.headers
    assert (await http.get("/api/mails/1/parts/99")).status == 404


async def test_the_source_is_what_came_over_the_wire(devtools, http):
    await send(devtools, b"Subject: raw\r\n\r\n..dots and \xff bytes\r\n")

    source = await (await http.get("/api/mails/1/raw")).read()

    assert source == b"Subject: raw\r\n\r\n..dots and \xff bytes\r\n"


async def test_a_mail_beyond_the_limit_is_refused_and_the_next_one_is_taken(devtools, http):
    with pytest.raises((smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected)):
        await send(devtools, b"Subject: big\r\n\r\n" + (b"x" * 70 + b"\r\n") * 130_000)

    await send(devtools, letter())

    items = (await (await http.get("/api/mails")).json())["items"]
    assert [item["subject"] for item in items] == ["Willkommen"]


async def test_mails_are_searched_and_deleted(devtools, http):
    await send(devtools, letter(subject="Rechnung 42"))
    await send(devtools, letter(subject="Versandt"))

    found = await (await http.get("/api/mails", params={"text": "rechnung"})).json()
    assert [item["subject"] for item in found["items"]] == ["Rechnung 42"]
    assert (await http.delete("/api/mails/1")).status == 204
    assert (await http.get("/api/mails/1")).status == 404
    assert (await http.delete("/api/mails", headers={"Origin": "https://evil.example"})).status == 403
    assert (await http.delete("/api/mails")).status == 204
    assert (await (await http.get("/api/mails")).json())["items"] == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: =?utf-8?b?////?=\r\n\r\nx",
        b"Subject: =?bogus-charset?q?=FF?=\r\nTo: ,,,;;<<>>\r\n\r\nx",
        b"Content-Type: text/plain; charset=bogus\r\n\r\n\xff",
        b"Content-Type: text/html; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n",
        b"Content-Type: multipart/mixed\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" * 500 + b"x",
        b"Content-Disposition: attachment; filename*=bogus''%ff%fe\r\n\r\nx",
        b"Content-Type: ;;;\r\nFrom: " + b"<" * 5000 + b"\r\n\r\nx",
        b"Subject: a\r\n b\r\n\tc\r\n\r\n",
    ],
)
def test_whatever_comes_can_be_opened(raw):
    opened = open_letter(raw)

    assert isinstance(opened.text, str)
    assert "\n" not in header(parse(raw), "subject")
    assert attachment(raw, 10_000) is None
