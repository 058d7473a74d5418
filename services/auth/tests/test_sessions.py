"""Sessions: opened, continued by tokens that work once, raced for, and ended."""

import threading
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)

from prost.db import database as db
from prost_auth.domain.sessions import EndReason, SessionEnded, fingerprint, successor
from prost_auth.models.accounts import Account
from prost_auth.models.audit import SecurityEvent
from prost_auth.models.sessions import RefreshToken, Session
from prost_auth.use_cases.purge import purge
from prost_auth.use_cases.sessions import end_session, end_sessions, open_session, rotate

pytestmark = pytest.mark.usefixtures("database")

MINUTE = 60
DAY = 86_400


@pytest.fixture
def anna(person):
    """Give the account of a customer."""
    return person(password=None)


def opened(account, *amr, client_id=None):
    """Open a session."""
    return open_session(
        account, amr=amr or ["pwd"], client_id=client_id, scope="", device="Firefox", ip="203.0.113.9"
    )


def at_once(*calls):
    """Make calls in threads of their own, and return what each returned or raised."""
    outcomes, ready = [], threading.Barrier(len(calls))

    def run(call):
        ready.wait()
        try:
            outcomes.append(call())
        except SessionEnded as error:
            outcomes.append(error)
        finally:
            db.discard()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_a_token_continues_its_session_with_the_next_token(anna):
    first = opened(anna)

    second = rotate(first.refresh_token, client_id=None)
    third = rotate(second.refresh_token, client_id=None)

    assert {first.session.id, second.session.id, third.session.id} == {first.session.id}
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3


def test_a_session_is_where_it_was_used_last(anna):
    first = opened(anna)

    second = rotate(first.refresh_token, client_id=None, ip="198.51.100.1", device="Chrome on Android")
    third = rotate(second.refresh_token, client_id=None)

    assert (third.session.ip, third.session.device) == ("198.51.100.1", "Chrome on Android")


def test_only_hashes_of_tokens_are_kept(anna):
    token = opened(anna).refresh_token

    kept = RefreshToken.get()
    assert bytes(kept.token_hash) == fingerprint(token)
    assert len(token) == 43


def test_a_token_that_is_used_twice_ends_its_session_and_is_written_down(anna):
    first = opened(anna)
    second = rotate(first.refresh_token, client_id=None)

    with pytest.raises(SessionEnded):
        rotate(first.refresh_token, client_id=None, ip="198.51.100.1", device="curl")
    with pytest.raises(SessionEnded):
        rotate(second.refresh_token, client_id=None)

    session, event = Session.get(), SecurityEvent.get()
    assert session.end_reason == "REUSE"
    assert (event.kind, event.account_id, event.ip, event.device) == (
        "refresh-reused",
        anna.id,
        "198.51.100.1",
        "curl",
    )
    assert event.detail == {"session": str(session.id), "client": None}


def test_a_stolen_token_ends_no_other_session(anna):
    stolen, other = opened(anna), opened(anna)
    rotate(stolen.refresh_token, client_id=None)

    with pytest.raises(SessionEnded):
        rotate(stolen.refresh_token, client_id=None)

    assert rotate(other.refresh_token, client_id=None).session.id == other.session.id


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_who_come_with_one_token_at_once_one_gets_on_and_the_session_ends(anna, attempt):
    token = opened(anna).refresh_token

    outcomes = at_once(*[lambda: rotate(token, client_id=None)] * 2)

    winners = [outcome for outcome in outcomes if not isinstance(outcome, SessionEnded)]
    assert len(winners) == 1
    assert Session.get().end_reason == "REUSE"
    with pytest.raises(SessionEnded):
        rotate(winners[0].refresh_token, client_id=None)


def test_whoever_repeats_an_attempt_is_given_the_same_token_again(anna):
    token = opened(anna).refresh_token
    lost = rotate(token, client_id=None, attempt="mine")

    again = rotate(token, client_id=None, attempt="mine")

    assert again.refresh_token == lost.refresh_token
    assert again.session.id == lost.session.id
    assert rotate(again.refresh_token, client_id=None, attempt="next").session.ended_at is None
    assert SecurityEvent.select().count() == 0


@pytest.mark.parametrize("attempt", range(5))
def test_attempts_that_are_repeated_at_once_end_with_one_token(anna, attempt):
    token = opened(anna).refresh_token

    outcomes = at_once(*[lambda: rotate(token, client_id=None, attempt="mine")] * 3)

    assert len({outcome.refresh_token for outcome in outcomes}) == 1
    assert Session.get().ended_at is None


@pytest.mark.parametrize("attempt", [None, "", "another", "mine "])
def test_whoever_has_the_token_but_not_the_attempt_ends_the_session(anna, attempt):
    token = opened(anna).refresh_token
    rotate(token, client_id=None, attempt="mine")

    with pytest.raises(SessionEnded):
        rotate(token, client_id=None, attempt=attempt)

    assert Session.get().end_reason == "REUSE"


def test_an_attempt_whose_token_was_used_is_no_way_back(anna):
    token = opened(anna).refresh_token
    following = rotate(token, client_id=None, attempt="mine")
    rotate(following.refresh_token, client_id=None, attempt="mine")

    with pytest.raises(SessionEnded):
        rotate(token, client_id=None, attempt="mine")

    assert Session.get().end_reason == "REUSE"


def test_an_attempt_at_a_session_that_has_ended_revives_nothing(anna):
    first = opened(anna)
    rotate(first.refresh_token, client_id=None, attempt="mine")
    end_session(first.session.id, EndReason.LOGOUT)

    with pytest.raises(SessionEnded):
        rotate(first.refresh_token, client_id=None, attempt="mine")


def test_what_follows_in_an_attempt_cannot_be_told_without_the_services_secret():
    secret, token = "of the service", "x" * 43

    following = successor(secret, token, "mine")

    assert following == successor(secret, token, "mine")
    assert len(following) == 43
    others = {
        successor("of another", token, "mine"),
        successor(secret, "y" * 43, "mine"),
        successor(secret, token, "ours"),
    }
    assert len(others - {following}) == 3


def test_a_session_that_ends_while_it_is_continued_stays_ended(anna):
    first = opened(anna)

    at_once(
        lambda: rotate(first.refresh_token, client_id=None),
        lambda: end_session(first.session.id, EndReason.LOGOUT),
    )

    assert Session.get().end_reason == "LOGOUT"
    unused = RefreshToken.select().where(RefreshToken.used_at.is_null())
    assert unused.count() == 1


def test_a_token_is_of_no_use_to_another_client(anna):
    first = opened(anna, client_id="notes")

    with pytest.raises(SessionEnded):
        rotate(first.refresh_token, client_id=None)
    with pytest.raises(SessionEnded):
        rotate(first.refresh_token, client_id="other")

    assert rotate(first.refresh_token, client_id="notes").session.id == first.session.id


@pytest.mark.parametrize(
    ("amr", "seconds", "goes_on"),
    [
        (["pwd"], 14 * DAY - MINUTE, True),
        (["pwd"], 14 * DAY, False),
        (["pwd", "otp"], 12 * 3600 - MINUTE, True),
        (["pwd", "otp"], 12 * 3600, False),
    ],
)
def test_a_session_ends_when_it_lies_idle_and_one_of_staff_after_its_shift(
    anna, clock, amr, seconds, goes_on
):
    anna.staff_roles = ["support"]
    anna.save()
    first = opened(anna, *amr)
    clock.advance(seconds)

    outcomes = at_once(lambda: rotate(first.refresh_token, client_id=None))

    assert isinstance(outcomes[0], SessionEnded) is not goes_on


def test_a_session_ends_after_a_month_however_often_it_is_used(anna, clock):
    token = opened(anna).refresh_token
    for _ in range(2):
        clock.advance(13 * DAY)
        token = rotate(token, client_id=None).refresh_token
    clock.advance(4 * DAY)

    with pytest.raises(SessionEnded):
        rotate(token, client_id=None)


@pytest.mark.parametrize("state", ["LOCKED"])
def test_the_session_of_an_account_that_is_locked_does_not_go_on(anna, state):
    token = opened(anna).refresh_token
    anna.move_to(state)

    with pytest.raises(SessionEnded):
        rotate(token, client_id=None)


@pytest.mark.parametrize("token", ["", "x", "\0", "ä" * 1000, "x" * 100_000])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(SessionEnded):
        rotate(token, client_id=None)


def test_all_sessions_but_one_can_be_ended(anna):
    kept, ended = opened(anna), [opened(anna) for _ in range(2)]

    assert end_sessions(anna.id, EndReason.REVOKED, except_id=kept.session.id) == 2
    assert rotate(kept.refresh_token, client_id=None).session.id == kept.session.id
    assert {session.end_reason for session in Session.select() if session.ended_at} == {"REVOKED"}
    assert [end_session(each.session.id, EndReason.LOGOUT) for each in ended] == [False, False]


def test_the_database_itself_lets_a_session_have_one_unused_token(anna):
    session = opened(anna).session

    with pytest.raises(Exception, match="refresh_tokens_one_unused"), db.atomic():
        RefreshToken.create(session=session, token_hash=b"x" * 32)


def test_a_month_after_their_end_sessions_are_forgotten_with_their_tokens(anna, clock):
    old = opened(anna)
    end_session(old.session.id, EndReason.LOGOUT)
    clock.advance(31 * DAY)
    young = opened(anna)
    end_session(young.session.id, EndReason.LOGOUT)

    purge()

    assert [session.id for session in Session.select()] == [young.session.id]
    assert RefreshToken.select().count() == 1


class Families(RuleBasedStateMachine):
    """Tokens used in any order, by their owners and by thieves, in sessions that end at any moment."""

    unused = Bundle("unused")
    used = Bundle("used")

    def __init__(self):
        """Begin with an account of this run."""
        super().__init__()
        self.account = Account.create(email="a@b.de", email_key=f"{uuid4()}@b.de", name="A")
        self.alive: dict[UUID, bool] = {}

    @rule(target=unused)
    def sign_in(self):
        """A session begins."""
        begun = opened(self.account)
        self.alive[begun.session.id] = True
        return begun.session.id, begun.refresh_token

    @rule(target=unused, token=consumes(unused))
    def continue_it(self, token):
        """An unused token works if, and only if, its session goes on."""
        session_id, text = token
        outcome = at_once(lambda: rotate(text, client_id=None))[0]
        assert isinstance(outcome, SessionEnded) is not self.alive[session_id]
        return (
            (session_id, text) if isinstance(outcome, SessionEnded) else (session_id, outcome.refresh_token)
        )

    @rule(target=used, token=consumes(unused))
    def copy_and_use(self, token):
        """A token is used whose copy somebody has."""
        at_once(lambda: rotate(token[1], client_id=None))
        return token

    @rule(token=used)
    def use_the_copy(self, token):
        """A used token never works, and ends its session."""
        session_id, text = token
        outcome = at_once(lambda: rotate(text, client_id=None))[0]
        assert isinstance(outcome, SessionEnded)
        self.alive[session_id] = False

    @rule(target=unused, token=consumes(unused))
    def lose_the_answer(self, token):
        """An attempt is made twice, and its token is the same each time."""
        session_id, text = token
        first, second = (at_once(lambda: rotate(text, client_id=None, attempt="lost"))[0] for _ in range(2))
        if not self.alive[session_id]:
            assert [type(first), type(second)] == [SessionEnded] * 2
            return token
        assert first.refresh_token == second.refresh_token
        return session_id, second.refresh_token

    @rule(token=unused, reason=strategies.sampled_from(list(EndReason)))
    def end(self, token, reason):
        """A session is ended, perhaps again."""
        assert end_session(token[0], reason) is self.alive[token[0]]
        self.alive[token[0]] = False

    @invariant()
    def the_table_agrees(self):
        """What is alive is open, and nothing else."""
        rows = Session.select().where(Session.account == self.account)
        assert {row.id: row.ended_at is None for row in rows} == self.alive


def test_no_order_of_uses_thefts_and_ends_keeps_a_session_alive_that_should_be_over():
    run_state_machine_as_test(
        Families,
        settings=settings(
            max_examples=25,
            stateful_step_count=15,
            suppress_health_check=list(HealthCheck),
        ),
    )
