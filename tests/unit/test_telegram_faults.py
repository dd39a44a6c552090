"""aiogram's exceptions as the deliverer understands them."""

from __future__ import annotations

import pytest
from aiogram import exceptions as raised
from aiogram.methods import GetMe

from bot.domain.errors import DeliveryError, Shut
from handlers.telegram.faults import delivering, delivery_error

METHOD = GetMe()


@pytest.mark.parametrize(
    ("fault", "permanent"),
    [
        (raised.TelegramForbiddenError(METHOD, "Forbidden: bot was blocked by the user"), True),
        (raised.TelegramBadRequest(METHOD, "Bad Request: chat not found"), True),
        (raised.TelegramEntityTooLarge(METHOD, "Request Entity Too Large"), True),
        (raised.TelegramUnauthorizedError(METHOD, "Unauthorized"), False),
        (raised.TelegramNotFound(METHOD, "Not Found"), False),
        (raised.TelegramServerError(METHOD, "Internal Server Error"), False),
        (raised.TelegramNetworkError(METHOD, "ClientError"), False),
        (raised.TelegramConflictError(METHOD, "Conflict"), False),
        (raised.ClientDecodeError("Failed to decode object", ValueError(), "<html>"), False),
    ],
)
def test_only_what_no_later_try_can_mend_is_permanent(fault: raised.AiogramError, permanent: bool) -> None:
    assert delivery_error(fault).permanent is permanent


def test_a_flood_wait_names_the_seconds() -> None:
    found = delivery_error(raised.TelegramRetryAfter(METHOD, "Too Many Requests", 17))

    assert (found.retry_after, found.permanent) == (17.0, False)


def test_a_moved_group_names_its_new_id() -> None:
    found = delivery_error(raised.TelegramMigrateToChat(METHOD, "upgraded", -100777))

    assert (found.moved_to, found.permanent) == ("-100777", False)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (raised.TelegramForbiddenError(METHOD, "Forbidden: bot was kicked from the group chat"), Shut.REMOVED),
        (raised.TelegramForbiddenError(METHOD, "Forbidden: bot is not a member of the supergroup chat"), Shut.REMOVED),
        (raised.TelegramForbiddenError(METHOD, "Forbidden: CHAT_WRITE_FORBIDDEN"), Shut.SILENT),
        (raised.TelegramBadRequest(METHOD, "Bad Request: have no rights to send a message"), Shut.SILENT),
        (
            raised.TelegramBadRequest(METHOD, "Bad Request: not enough rights to send documents to the chat"),
            Shut.SILENT,
        ),
        (raised.TelegramBadRequest(METHOD, "Bad Request: chat not found"), Shut.UNKNOWN),
        (raised.TelegramBadRequest(METHOD, "Bad Request: message is too long"), None),
        (raised.TelegramServerError(METHOD, "Internal Server Error"), None),
    ],
)
def test_a_chat_that_takes_nothing_says_why(fault: raised.AiogramError, why: Shut | None) -> None:
    assert delivery_error(fault).shut is why


def test_what_people_wrote_and_addresses_stay_out_of_the_reason() -> None:
    quoted = raised.TelegramBadRequest(
        METHOD, 'Bad Request: can\'t parse entities: Unsupported start tag "0912345678\n"x" at byte 3'
    )
    network = raised.TelegramNetworkError(METHOD, "InvalidURL: https://api.telegram.org/bot4242:secret/getMe")

    assert "0912345678" not in delivery_error(quoted).reason
    assert delivery_error(network).reason == "TelegramNetworkError"


def test_the_original_fault_does_not_hang_on_the_one_that_is_raised() -> None:
    with pytest.raises(DeliveryError) as found, delivering():
        raise raised.TelegramNetworkError(METHOD, "secret")

    assert found.value.__suppress_context__
