"""Mail, handed to real SMTP servers: good ones, strict ones, slow ones and dying ones."""

import contextlib
import datetime as dt
import email
import email.policy
import socket
import ssl
import threading
import time
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from prost.mail import Mail, MailDelayed, Mailer, MailRefused
from prost.settings import Settings, SettingsError
from prost.testing.servers import free_port

LINK = "https://shop.example/de/verify?token=" + "x" * 120


class Post:
    """What an SMTP server does with mail: it keeps it, except for those whom it does not know."""

    def __init__(self):
        self.mails = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if address.startswith("nobody@"):
            return "550 5.1.1 No such user"
        if address.startswith("full@"):
            return "452 4.2.2 Mailbox full, try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if b"lottery" in envelope.content:
            return "554 5.7.1 This is spam"
        if b"later" in envelope.content:
            return "451 4.3.0 Later"
        self.mails.append((envelope, session))
        return "250 Kept"


def serve(post, **options):
    controller = Controller(post, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    return controller


@contextlib.contextmanager
def running_for_a_while(controller):
    yield
    controller.stop()


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def server(post):
    running = serve(post)
    yield running
    running.stop()


def mailer(url, *, timeout=5, env="test"):
    more = {
        "public_url": "https://s.example",
        "auth_issuer": "https://s.example",
        "auth_jwks_url": "https://s",
    }
    sender = "Prost Getränke <shop@prost.example>"
    return Mailer(Settings(service="auth", env=env, mail_url=url, mail_from=sender, **more), timeout=timeout)


def to(address="ada@example.org", **more):
    return Mail(to=address, subject="Grüße aus Köln", text=f"Prost, Ada!\n\n{LINK}\n", **more)


def read(envelope):
    return email.message_from_bytes(envelope.content, policy=email.policy.default)


def test_a_mail_arrives_with_its_letters_and_its_links_whole(post, server):
    mail = to(html=f'<p>Prost, Ada! <a href="{LINK}">Süß</a></p>', id=UUID(int=7))

    mailer(f"smtp://127.0.0.1:{server.port}").send(mail)

    (envelope, _session) = post.mails[0]
    message = read(envelope)
    text, html = message.iter_parts()
    assert (envelope.mail_from, envelope.rcpt_tos) == ("shop@prost.example", ["ada@example.org"])
    assert message["Subject"] == "Grüße aus Köln"
    assert message["From"] == "Prost Getränke <shop@prost.example>"
    assert message["To"] == "ada@example.org"
    assert message["Message-ID"] == "<00000000-0000-0000-0000-000000000007@prost.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert LINK in text.get_content()
    assert f'<a href="{LINK}">Süß</a>' in html.get_content()


def test_a_mail_is_dated_now_and_is_seven_bit_with_short_lines(post, server):
    mailer(f"smtp://127.0.0.1:{server.port}").send(to())

    (envelope, _session) = post.mails[0]
    age = dt.datetime.now(dt.UTC) - read(envelope)["Date"].datetime
    assert abs(age) < dt.timedelta(minutes=1)
    assert envelope.content.isascii()
    assert max(map(len, envelope.content.splitlines())) <= 78


def test_two_mails_differ_in_their_id_and_one_that_is_sent_again_does_not(post, server):
    sender, mail = mailer(f"smtp://127.0.0.1:{server.port}"), to()
    for each in (mail, mail, to()):
        sender.send(each)

    first, again, other = (read(envelope)["Message-ID"] for envelope, _session in post.mails)
    assert first == again
    assert first != other


def test_an_address_may_have_letters_of_its_language(post, server):
    mailer(f"smtp://127.0.0.1:{server.port}").send(to("jürgen@köln.example"))

    (envelope, _session) = post.mails[0]
    assert envelope.rcpt_tos == ["jürgen@xn--kln-sna.example"]


def test_an_address_with_letters_that_the_server_does_not_take_is_refused(post):
    running = serve(post, enable_SMTPUTF8=False)
    with running_for_a_while(running), pytest.raises(MailRefused):
        mailer(f"smtp://127.0.0.1:{running.port}").send(to("jürgen@köln.example"))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example.org\nBcc: eve@example.org",
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org, eve@example.org",
        "ada@example.org\0",
        "Ada <ada@example.org>",
        "a b@example.org",
        "ada@exa..mple.org",
        "a@b@c",
        f"{'x' * 250}@example.org",
        "\ud800@example.org",
    ],
)
def test_what_is_not_one_address_is_refused(address):
    with pytest.raises(MailRefused):
        to(address)


@pytest.mark.parametrize(
    "subject", ["Hi\nBcc: eve@example.org", "Hi\r\n\r\nBuy!", "Hi\0", "Hi\x1b", "Hi\u2028x"]
)
def test_a_subject_cannot_break_out_of_its_header(subject):
    with pytest.raises(MailRefused):
        Mail(to="ada@example.org", subject=subject, text="")


def test_a_recipient_whom_the_server_does_not_know_is_refused_for_good(server):
    with pytest.raises(MailRefused) as caught:
        mailer(f"smtp://127.0.0.1:{server.port}").send(to("nobody@example.org"))

    assert caught.value.reason == "550 5.1.1 No such user"
    assert "nobody" not in caught.value.detail


def test_a_recipient_who_can_take_nothing_now_is_one_for_later(server):
    with pytest.raises(MailDelayed, match="could not be sent now") as caught:
        mailer(f"smtp://127.0.0.1:{server.port}").send(to("full@example.org"))

    assert caught.value.reason == "452 4.2.2 Mailbox full, try later"


@pytest.mark.parametrize(("word", "error"), [("lottery", MailRefused), ("later", MailDelayed)])
def test_what_a_mail_says_may_be_refused_for_good_or_for_now(server, word, error):
    with pytest.raises(error):
        mailer(f"smtp://127.0.0.1:{server.port}").send(Mail("ada@example.org", "Hi", word))


def test_a_server_that_is_away_is_one_for_later(unused_port):
    with pytest.raises(MailDelayed) as caught:
        mailer(f"smtp://127.0.0.1:{unused_port}").send(to())

    assert "refused" in caught.value.reason


class Scripted:
    """A server that plays its lines and then does something that no server should."""

    def __init__(self, *lines, then):
        self._lines = lines
        self._then = then
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.was_left = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        connection, _address = self._listener.accept()
        with connection:
            connection.settimeout(10)
            for line in self._lines:
                connection.sendall(line)
                connection.recv(4096)
            self.was_left = self._then(connection)

    def close(self):
        self._thread.join()
        self._listener.close()


def hang(connection):
    """Say nothing more, and tell whether the other one hung up."""
    try:
        while connection.recv(4096):
            pass
    except TimeoutError:
        return False
    except ConnectionResetError:
        pass
    return True


def drip(connection):
    """Say a letter now and then, and tell whether the other one hung up."""
    try:
        for _ in range(200):
            connection.sendall(b"2")
            time.sleep(0.05)
    except OSError:
        return True
    return False


def die(_connection): ...


HELLO = b"220 hello\r\n"
ENVELOPE = (HELLO, b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n")


@pytest.mark.parametrize("then", [hang, drip])
@pytest.mark.parametrize("lines", [(), (HELLO,), ENVELOPE], ids=["at once", "after hello", "after the mail"])
def test_a_server_that_hangs_or_drips_is_left(lines, then):
    server = Scripted(*lines, then=then)

    with contextlib.closing(server), pytest.raises(MailDelayed):
        mailer(f"smtp://127.0.0.1:{server.port}", timeout=0.5).send(to())

    assert server.was_left


@pytest.mark.parametrize("lines", [(), (HELLO,), ENVELOPE], ids=["at once", "after hello", "after the mail"])
def test_a_server_that_dies_is_one_for_later(lines):
    server = Scripted(*lines, then=die)

    with contextlib.closing(server), pytest.raises(MailDelayed):
        mailer(f"smtp://127.0.0.1:{server.port}").send(to())


def test_a_server_that_dies_once_it_has_the_mail_has_it():
    server = Scripted(*ENVELOPE, b"250 kept\r\n", then=die)

    with contextlib.closing(server):
        mailer(f"smtp://127.0.0.1:{server.port}").send(to())


@pytest.mark.parametrize(
    "greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"554 go away\r\n", b"\xff\xfe\r\n"]
)
def test_a_server_that_does_not_want_to_talk_is_one_for_later(greeting):
    server = Scripted(greeting, then=die)

    with contextlib.closing(server), pytest.raises(MailDelayed):
        mailer(f"smtp://127.0.0.1:{server.port}").send(to())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Make a certificate of 127.0.0.1 and give the context of its server and the file that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    now = dt.datetime.now(dt.UTC)
    host = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(host, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    public, private = folder / "cert.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public


@pytest.fixture
def trusted(certificate, monkeypatch):
    context, public = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    return context


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"shop", b"p@ss:word"), handled=False)


@pytest.fixture
def strict(post, certificate):
    """Run a server that takes mail over TLS and from those whom it knows only."""
    running = serve(
        post,
        tls_context=certificate[0],
        require_starttls=True,
        auth_required=True,
        auth_require_tls=True,
        authenticator=authenticate,
    )
    yield f"localhost:{running.port}"
    running.stop()


@pytest.mark.usefixtures("trusted")
def test_a_server_that_wants_tls_and_a_password_gets_both(post, strict):
    mailer(f"smtp://shop:p%40ss%3Aword@{strict}", env="production").send(to())

    (_envelope, session) = post.mails[0]
    assert session.ssl is not None
    assert session.authenticated


@pytest.mark.usefixtures("trusted")
def test_a_password_that_the_server_does_not_take_keeps_a_mail_for_later(strict):
    with pytest.raises(MailDelayed) as caught:
        mailer(f"smtp://shop:wrong@{strict}").send(to())

    assert caught.value.reason.startswith("535")


def test_a_certificate_that_nobody_vouches_for_is_no_certificate(strict):
    with pytest.raises(MailDelayed) as caught:
        mailer(f"smtp://shop:p%40ss%3Aword@{strict}").send(to())

    assert "CERTIFICATE_VERIFY_FAILED" in caught.value.reason


@pytest.mark.usefixtures("trusted")
def test_a_certificate_of_another_host_is_no_certificate(strict):
    with pytest.raises(MailDelayed) as caught:
        mailer(f"smtp://shop:p%40ss%3Aword@{strict.replace('localhost', '127.0.0.1')}").send(to())

    assert "CERTIFICATE_VERIFY_FAILED" in caught.value.reason


def test_mail_may_be_tls_from_the_start(post, trusted):
    running = serve(post, ssl_context=trusted, server_hostname="localhost")
    with running_for_a_while(running):
        mailer(f"smtps://localhost:{running.port}").send(to())

    assert len(post.mails) == 1


@pytest.mark.parametrize(
    ("url", "env"),
    [
        ("smtp://127.0.0.1:{port}", "production"),
        ("smtp://127.0.0.1:{port}?starttls=required", "test"),
        ("smtp://shop:password@127.0.0.1:{port}", "test"),
        ("smtp://shop:password@127.0.0.1:{port}?starttls=optional", "test"),
    ],
)
def test_nothing_is_sent_in_the_clear_where_that_is_not_meant(post, server, url, env):
    with pytest.raises(MailDelayed) as caught:
        mailer(url.format(port=server.port), env=env).send(to())

    assert caught.value.reason == "the server offers no TLS"
    assert not post.mails


def test_a_relay_beside_the_service_may_be_told_in_the_clear(post, server):
    mailer(f"smtp://127.0.0.1:{server.port}?starttls=optional", env="production").send(to())

    assert len(post.mails) == 1


def test_a_mailer_needs_to_know_its_server():
    with pytest.raises(SettingsError, match="PROST_MAIL_URL"):
        Mailer.from_settings(Settings(service="auth", env="test"))
    with pytest.raises(SettingsError, match="starttls is required or optional"):
        Mailer.from_settings(Settings(service="auth", env="test", mail_url="smtp://x?starttls=never"))


def test_production_has_to_say_who_writes():
    with pytest.raises(SettingsError, match="PROST_MAIL_FROM: has to be set in production"):
        Settings(
            service="auth",
            env="production",
            mail_url="smtp://mail.example",
            public_url="https://s.example",
            auth_issuer="https://s.example",
            auth_jwks_url="https://s.example",
        )
