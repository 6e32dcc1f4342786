"""Whom a request is counted against: the address that connects, or what a trusted proxy forwards."""

import logging

import pytest
from starlette.requests import Request

from ticket_api.network import networks
from ticket_api.settings import load_settings
from ticket_api.web.clients import Clients

PROXIES = ("127.0.0.1", "::1", "10.0.0.0/8", "2001:db8:ffff::/48")


def request(address: str, *forwarded: str, **headers: str) -> Request:
    sent = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    sent += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "client": (address, 1), "headers": sent})


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_client_is_an_address_or_a_network(address, client):
    headers = {"x_real_ip": "10.0.0.1", "forwarded": "for=10.0.0.1", "x_remote_user": "alice"}
    assert Clients(()).of(request(address, "10.0.0.1", **headers)) == client
    assert Clients(PROXIES).of(request(address, "10.0.0.1", **headers)) == client


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (("192.0.2.7",), "192.0.2.7"),
        (("192.0.2.7:4711",), "192.0.2.7"),
        (("[2001:db8:1:2::9]:4711",), "2001:db8:1:2::/64"),
        (("2001:db8:1:2::9",), "2001:db8:1:2::/64"),
        (("::ffff:192.0.2.7",), "192.0.2.7"),
        (("203.0.113.5, 192.0.2.7",), "192.0.2.7"),
        (("203.0.113.5", "192.0.2.7"), "192.0.2.7"),
        (("203.0.113.5, 192.0.2.7, 10.1.2.3",), "192.0.2.7"),
        (("203.0.113.5, 192.0.2.7", "10.1.2.3, 2001:db8:ffff::7"), "192.0.2.7"),
        (("10.9.9.9, 10.1.2.3",), "10.9.9.9"),
        (("192.0.2.7, unknown, 10.1.2.3",), "10.1.2.3"),
        (("unknown",), "127.0.0.1"),
        (("",), "127.0.0.1"),
        ((), "127.0.0.1"),
        (("192.0.2.7, ",), "127.0.0.1"),
    ],
)
def test_behind_trusted_proxies_it_is_the_rightmost_address_that_none_of_them_has(forwarded, client):
    assert Clients(PROXIES).of(request("127.0.0.1", *forwarded)) == client
    assert Clients(PROXIES).of(request("::ffff:127.0.0.1", *forwarded)) in (client, "127.0.0.1")
    assert Clients(PROXIES).of(request("198.51.100.1", *forwarded)) == "198.51.100.1", "that one isn't trusted"


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "x_real_ip"])
def test_a_proxy_on_this_machine_that_is_not_trusted_is_told_once(caplog, header):
    caplog.set_level(logging.WARNING)
    clients = Clients(())
    clients.of(request("192.0.2.7", **{header: "203.0.113.5"}))
    clients.of(request("127.0.0.1"))
    assert clients.warnings == ()
    for _ in range(3):
        assert clients.of(request("::1", **{header: "203.0.113.5"})) == "::/64"
    assert "trusted_proxies" in clients.warnings[0]
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_trusted_one_is_not(caplog):
    clients = Clients(PROXIES)
    clients.of(request("127.0.0.1", "203.0.113.5"))
    assert (clients.warnings, caplog.records) == ((), [])


@pytest.mark.parametrize("text", ["proxy.example", "10.0.0.1/8", "", "1.2.3", "*"])
def test_what_is_no_address_stops_the_start(text):
    with pytest.raises(ValueError, match=r"appear|bits"):
        networks([text])


def test_the_setting_says_what_it_takes(tmp_path):
    assert load_settings(tmp_path / "x", {"HELPLEAF_TRUSTED_PROXIES": "127.0.0.1 ::1"}).trusted_proxies == (
        "127.0.0.1",
        "::1",
    )
    with pytest.raises(Exception, match="trusted_proxies must be addresses or networks"):
        load_settings(tmp_path / "x", {"HELPLEAF_TRUSTED_PROXIES": "proxy.example"})
