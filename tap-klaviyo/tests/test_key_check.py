"""`tap-klaviyo --test`: what the keys may read, before anything is read."""

import pytest

OFF = {"profiles:read", "templates:read"}
OPTIONAL = {
    "campaigns:read", "events:read", "flows:read", "forms:read", "lists:read", "metrics:read",
    "segments:read", "tags:read", "usage:read",
}  # fmt: skip


def test_good_keys_pass_with_account_zone_and_currency_and_no_word_of_an_error(tap, account_id):
    done = tap.test(tap.sandbox.accounts)
    assert done.returncode == 0
    assert f"acme: account {account_id('acme')}" in done.stderr
    assert "2 of 2 keys work" in done.stderr
    assert not any(word in done.stderr for word in ("Traceback", "error", "ERROR", "WARNING"))


@pytest.mark.parametrize("scope", sorted(OPTIONAL))
def test_a_missing_scope_is_named_and_no_failure(tap, sandbox, scope):
    sandbox.deny_scope("acme", scope)
    done = tap.test(sandbox.accounts)
    assert done.returncode == 0
    (line,) = [line for line in done.stderr.splitlines() if "403" in line]
    assert "WARNING" in line
    assert f"acme, {scope}: " in line
    assert "Traceback" not in done.stderr


def test_a_scope_that_only_streams_which_are_off_need_is_not_asked_for(tap, sandbox):
    for scope in OFF:
        sandbox.deny_scope("acme", scope)
    assert "403" not in tap.test(sandbox.accounts).stderr


def test_a_refused_key_is_named_while_the_other_works(tap, sandbox):
    sandbox.revoke("acme")
    done = tap.test(sandbox.accounts)
    assert done.returncode == 0
    assert any("ERROR" in line and "acme: " in line for line in done.stderr.splitlines())
    assert "1 of 2 keys work" in done.stderr


def test_without_one_key_that_works_the_test_fails_in_words(tap, sandbox):
    sandbox.revoke("acme")
    sandbox.revoke("koala")
    done = tap.test(sandbox.accounts)
    assert done.returncode == 1
    assert "No key works" in done.stderr
    assert "Traceback" not in done.stderr
    assert not any(account["api_key"] in done.stderr for account in sandbox.accounts)


def test_a_key_costs_one_request_for_each_endpoint(tap, sandbox):
    tap.test(sandbox.accounts)
    asked = [request.path for request in sandbox.requests if request.client == "acme"]
    assert len(asked) == len(set(asked)) == 11
