"""What answers is no Treadle server, or none that is well."""

import socket
from threading import Thread

import pytest

from tests.cli.asking import asked
from tests.cli.scripted import JSON, PROBLEM, Scripted, answering

HTML = ("text/html", b"<!doctype html><title>Welcome</title>")
EXECUTIONS = ("executions", "list")
LONGER = {"Content-Length": "1000"}


@pytest.mark.parametrize(
    ("status", "media", "body"),
    [
        (200, *HTML),
        (404, *HTML),
        (502, *HTML),
        (301, *HTML),
        (200, JSON, b""),
        (200, JSON, b"{}"),
        (200, JSON, b"[1]"),
        (200, JSON, b'{"items": [{"id": 1}], "next": null}'),
        (200, JSON, b"\xff\xfe"),
        (200, JSON, b"[" * 100_000),
        (404, JSON, b'{"error": "no such route"}'),
        (500, JSON, b'"oops"'),
    ],
)
@pytest.mark.parametrize("arguments", [EXECUTIONS, ("executions", "watch", "x"), ("run", "x", "--wait")])
def test_a_stranger_is_not_taken_for_a_server(
    status: int, media: str, body: bytes, arguments: tuple[str, ...]
) -> None:
    with answering([Scripted(status=status, media=media, body=body)]) as server:
        result = asked(*arguments, "--url", server.url)
    assert (result.exit_code, result.stdout) == (3, "")
    assert f"{server.url} answers {status}, but not as a Treadle server does" in result.stderr


def test_html_is_no_answer_in_json_either() -> None:
    with answering([Scripted(media=HTML[0], body=HTML[1])]) as server:
        assert asked(*EXECUTIONS, "--output", "json", "--url", server.url).exit_code == 3


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    with answering([Scripted(body=b'{"items"', headers=LONGER)]) as server:
        result = asked(*EXECUTIONS, "--url", server.url)
    assert (result.exit_code, "cannot be reached" in result.stderr) == (3, True)


def test_what_was_sent_and_not_answered_can_be_asked_again_by_its_key() -> None:
    with answering([Scripted(status=202, body=b"{", headers=LONGER)]) as server:
        result = asked("run", "x", "--url", server.url)
        assert result.exit_code == 3
        assert "--idempotency-key cli-" in result.stderr
        named = asked("executions", "signal", "x", "go", "--idempotency-key", "mine", "--url", server.url)
        assert "--idempotency-key mine finds out" in named.stderr


def test_what_was_never_sent_is_not_told_a_key() -> None:
    result = asked("run", "x", "--url", "http://127.0.0.1:1")
    assert (result.exit_code, "idempotency" in result.stderr) == (3, False)


def test_a_refusal_is_told_with_its_places_and_obeyed_by_no_terminal() -> None:
    body = (
        b'{"code": "invalid_input", "detail": "no\\u001b[2J", "title": "t", "retryable": false,'
        b' "errors": [{"pointer": "/a\\nb", "code": "c", "message": "m"}, {"pointer": "", "code": "c",'
        b' "message": "whole"}], "new": 1}'
    )
    with answering([Scripted(status=422, media=PROBLEM, body=body)]) as server:
        result = asked("executions", "pause", "x", "--url", server.url)
    assert result.exit_code == 4
    assert result.stderr == "Error: no\\x1b[2J (invalid_input)\n  /a\\nb: m\n  /: whole\n"


@pytest.mark.parametrize(
    ("code", "exit_code"), [("overloaded", 4), ("rate_limited", 4), ("store_unavailable", 3)]
)
def test_who_comes_too_early_is_told_when_to_come_again(code: str, exit_code: int) -> None:
    body = b'{"code": "%s", "detail": "not now", "retryable": true}' % code.encode()
    answer = Scripted(status=503, media=PROBLEM, body=body, headers={"Retry-After": "2"})
    with answering([answer]) as server:
        result = asked(*EXECUTIONS, "--url", server.url)
    assert result.exit_code == exit_code
    assert "nothing was accepted: try again in 2 s" in result.stderr


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://no-such-host.invalid"])
@pytest.mark.parametrize(
    "arguments",
    [EXECUTIONS, ("executions", "watch", "x"), ("definitions", "show", "x"), ("run", "x", "--wait")],
)
def test_a_server_that_was_never_there_is_not_waited_for(url: str, arguments: tuple[str, ...]) -> None:
    result = asked(*arguments, "--url", url)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith(f"Error: {url} cannot be reached: ")


def test_one_who_speaks_no_http_is_no_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"SSH-2.0-OpenSSH\r\n")

        thread = Thread(target=answer)
        thread.start()
        result = asked(*EXECUTIONS, "--url", f"http://127.0.0.1:{listening.getsockname()[1]}")
        thread.join()
    assert result.exit_code == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--url", "http://me:hidden@127.0.0.1"), "credentials"),
        (("--url", "ftp://127.0.0.1"), "not the URL of a server"),
        (("--url", "http://127.0.0.1:1", "--api-key", "a\nb"), "cannot be sent over HTTP"),
        (("--url", "http://127.0.0.1:1", "--api-key", "ключ"), "cannot be sent over HTTP"),
    ],
)
def test_what_cannot_be_sent_is_wrong_usage(arguments: tuple[str, ...], told: str) -> None:
    result = asked(*EXECUTIONS, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert "hidden" not in result.stderr
