"""A23: a webhook reaches nothing within: not by its URL, not by a name that changes its mind, not by a redirect."""

import socket
from contextlib import ExitStack

import pytest

from tests.channels.conftest import called, webhooks
from tests.channels.receiver import CERTIFICATE, receiver, status
from tests.store.asking import question
from ticket_api import calling
from ticket_api.calling import Caller
from ticket_api.channels import Webhook
from ticket_api.outside import Target, is_outside, may_be_called, target_of

__all__ = ["called", "webhooks"]  # fixtures

FORMS = (
    # as they are
    "http://127.0.0.1:{port}/", "http://127.1.2.3:{port}/", "http://[::1]:{port}/", "http://localhost:{port}/",
    "http://0.0.0.0:{port}/", "http://[::]:{port}/", "http://10.0.0.1:{port}/", "http://172.16.0.1:{port}/",
    "http://192.168.0.1:{port}/", "http://169.254.169.254:{port}/latest/meta-data/", "http://100.64.0.1:{port}/",
    "http://100.100.100.200:{port}/", "http://192.0.0.192:{port}/", "http://168.63.129.16:{port}/",
    "http://198.18.0.1:{port}/", "http://224.0.0.1:{port}/", "http://240.0.0.1:{port}/",
    "http://255.255.255.255:{port}/", "http://192.0.2.1:{port}/", "http://192.88.99.1:{port}/",
    # in other ways of writing
    "http://127.1:{port}/", "http://127.0.1:{port}/", "http://0:{port}/", "http://2130706433:{port}/",
    "http://0x7f000001:{port}/", "http://0x7f.0.0.1:{port}/", "http://0x7f.1:{port}/", "http://017700000001:{port}/",
    "http://0177.0.0.1:{port}/", "http://0177.0.0.01:{port}/", "http://127.0.0.1.:{port}/", "http://127.000.000.001:{port}/",
    "http://localhost.:{port}/", "http://LOCALHOST:{port}/", "http://a.localhost:{port}/", "http://127。0。0。1:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/", "http://lOcAlHoſt:{port}/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/", "http://%31%32%37.0.0.1:{port}/",
    "http://127.0.0.1%2f:{port}/", "http://127.0.0.1%00:{port}/",
    "http://127.0.0.1\t:{port}/", "http://127.0.0.1 :{port}/",
    # within IPv6
    "http://[::ffff:127.0.0.1]:{port}/", "http://[::ffff:7f00:1]:{port}/", "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "http://[::127.0.0.1]:{port}/", "http://[64:ff9b::127.0.0.1]:{port}/", "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/", "http://[2001:0:7f00:1::]:{port}/", "http://[2001:db8::1]:{port}/",
    "http://[fe80::1]:{port}/", "http://[fe80::1%25lo]:{port}/", "http://[fc00::1]:{port}/",
    "http://[fd00:ec2::254]:{port}/", "http://[ff02::1]:{port}/", "http://[2a00:1450::5efe:7f00:1]:{port}/",
    "http://[100::1]:{port}/", "http://[::1]]:{port}/", "http://[::1%lo]:{port}/",
    # with something before or behind
    "http://bob@127.0.0.1:{port}/", "http://example.org@127.0.0.1:{port}/", "http://example.org:80@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@example.org/", "http://example.org\\@127.0.0.1:{port}/", "http:127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/", "http:\\\\127.0.0.1:{port}/", "//127.0.0.1:{port}/", "http://127.0.0.1:{port}#@example.org/",
    "http://example.org#@127.0.0.1:{port}/", "http://127.0.0.1:{port}/\r\nHost: example.org", "http://127.0.0.1:0{port}0/",
    "file:///etc/passwd", "gopher://127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "unix:///tmp/socket", "",
)  # fmt: skip
NAMES = (
    "127.0.0.1",
    "::1",
    "10.0.0.1",
    "::ffff:127.0.0.1",
    "169.254.169.254",
    "fe80::1%lo",
    "2002:7f00:1::",
    "0.0.0.0",
)
SOME = "2606:2800:220:1:248:1893:25c8:1946"
PUBLIC = ("93.184.215.14", "8.8.8.8", SOME, "2a00:1450:4001:829::200e")


def has_ipv6() -> bool:
    """Whether this machine can be reached by IPv6 at all."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


LISTENING = ("127.0.0.1", "::1") if has_ipv6() else ("127.0.0.1",)


def test_a23_there_are_sixty_forms_and_more():
    assert len(set(FORMS)) >= 60


@pytest.mark.parametrize("url", FORMS)
def test_a23_no_form_of_an_inside_address_is_reached(url):
    """The settings refuse it; and where they didn't, the caller would."""
    with ExitStack() as listening:
        receivers = [listening.enter_context(receiver(host=host)) for host in LISTENING]
        for there in receivers:
            asked = url.format(port=there.port)
            with pytest.raises(ValueError, match=r"^url "):
                Webhook(name="inside", url=asked)
            if target := allowed(asked):
                assert Caller(resolve=look_up).post(target, b"{}", {}).trouble == "inside_address"
        assert [there.connections for there in receivers] == [0] * len(receivers)


@pytest.mark.parametrize("host", ["127.1", "0", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1"])
def test_a23_what_the_system_reads_as_an_inside_address_is_not_called(host):
    with receiver() as there:
        assert calling.resolve(host, there.port) in (["127.0.0.1"], ["0.0.0.0"]), "it means something to it"
        assert Caller().post(Target("http", host, there.port, "/"), b"{}", {}).trouble == "inside_address"
        assert there.connections == 0


def look_up(host: str, port: int) -> list[str]:
    """The system's look-up, without asking others: every name leads to this machine."""
    return calling.resolve(host, port) if host[-1].isdigit() or ":" in host else ["127.0.0.1"]


def allowed(url: str):
    """Where a URL would lead if the settings let all of the owner's own network pass."""
    try:
        return target_of(url, inside=True)
    except ValueError:
        return None


@pytest.mark.parametrize("address", NAMES)
@pytest.mark.parametrize("with_others", [False, True])
def test_a23_a_name_that_leads_inside_is_not_called_though_it_leads_outside_too(address, with_others):
    connected = []
    addresses = [*PUBLIC, address] if with_others else [address]
    caller = Caller(resolve=lambda *_: addresses, connect=lambda *asked: connected.append(asked))
    assert caller.post(target_of("https://example.org/"), b"{}", {}).trouble == "inside_address"
    assert connected == []


def test_a23_a_name_that_changes_its_mind_leads_to_the_address_that_was_checked():
    """Rebinding: the second look-up would lead to a real listener within."""
    with receiver() as within:
        answers = [[PUBLIC[0]], ["127.0.0.1"], ["127.0.0.1"]]
        connected = []

        def connect(address: str, port: int, seconds: float) -> socket.socket:
            connected.append((address, port))
            raise ConnectionRefusedError

        caller = Caller(resolve=lambda *_: answers.pop(0), connect=connect)
        target = target_of(f"http://example.org:{within.port}/")
        assert caller.post(target, b"{}", {}).trouble == "no_connection"
        assert connected == [(PUBLIC[0], within.port)]
        assert caller.post(target, b"{}", {}).trouble == "inside_address"
        assert len(connected) == 1
        assert within.connections == 0


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a23_a_redirect_is_never_followed(code):
    with receiver() as first, receiver() as second:
        first.behave = status(code, f"Location: {second.url}")
        called = Caller().post(target_of(first.url, inside=True), b"{}", {}, inside=True)
        assert (called.trouble, called.status) == ("redirected", code)
        assert (first.connections, second.connections) == (1, 0)


def test_a23_a_webhook_whose_name_leads_inside_is_told_so_and_makes_nobody_connect(webhooks, called, store, clock):
    caller = Caller(resolve=lambda *_: ["127.0.0.1"])
    told = webhooks(caller, shop={"url": f"http://shop.example:{called.port}/", "inside": False})
    store.add_ticket(question(1))
    told.work()
    assert told.all()[0].state.trouble == "inside_address"
    assert called.connections == 0


@pytest.mark.parametrize("address", PUBLIC)
def test_a23_what_stands_outside_may_be_called(address):
    assert is_outside(address)
    assert may_be_called([address])


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.1", "172.31.0.9", "fd12::1", *PUBLIC])
def test_a23_the_owners_own_network_is_called_where_they_say_so(address):
    assert may_be_called([address], inside=True)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42", "100.100.100.200",
     "168.63.129.16", "192.0.0.192", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "fe80::1", "ff02::1", "::", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"],
)  # fmt: skip
def test_a23_not_even_then_where_machines_ask_for_their_keys(address):
    assert not may_be_called([address], inside=True)
    assert not may_be_called([address])


def test_a23_a_certificate_must_be_that_of_the_name():
    """The receiver's own is signed by nobody whom we know: nothing is sent to it."""
    with receiver(tls=True) as there:
        assert Caller().post(target_of(there.url, inside=True), b"{}", {}, inside=True).trouble == "bad_certificate"
        assert there.got == []


def test_a23_the_name_in_a_certificate_is_checked():
    with receiver(tls=True) as there:
        caller = Caller(resolve=lambda *_: ["127.0.0.1"])
        caller.tls.load_verify_locations(CERTIFICATE)
        for host, trouble in (("127.0.0.1", ""), ("localhost", ""), ("shop.example", "bad_certificate")):
            target = target_of(there.url.replace("127.0.0.1", host), inside=True)
            assert caller.post(target, b"{}", {}, inside=True).trouble == trouble
        assert len(there.got) == 2


def test_a23_the_systems_proxy_is_not_used(monkeypatch):
    with receiver() as there, receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert Caller().post(target_of(there.url, inside=True), b"{}", {}, inside=True).status == 204
        assert (there.connections, proxy.connections) == (1, 0)
