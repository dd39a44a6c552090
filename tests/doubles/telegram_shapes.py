"""Complete Bot API objects: aiogram refuses an answer in which a required field is missing, so nothing is left out."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_FILE = {"file_id": "AgADfile", "file_unique_id": "Qunique", "file_size": 4321}
_PICTURE = {**_FILE, "width": 320, "height": 240}

SAMPLES: dict[str, Json] = {
    "sticker": {"sticker": {**_PICTURE, "type": "regular", "is_animated": False, "is_video": False, "emoji": "😀"}},
    "photo": {"photo": [_PICTURE, {**_PICTURE, "width": 800, "height": 600}]},
    "voice": {"voice": {**_FILE, "duration": 3, "mime_type": "audio/ogg"}},
    "audio": {"audio": {**_FILE, "duration": 60}},
    "video": {"video": {**_PICTURE, "duration": 7}},
    "video_note": {"video_note": {**_FILE, "length": 240, "duration": 5}},
    "animation": {"animation": {**_PICTURE, "duration": 2}, "document": {**_FILE, "mime_type": "video/mp4"}},
    "document": {"document": {**_FILE, "file_name": "don.pdf", "mime_type": "application/pdf"}},
    "location": {"location": {"latitude": 20.65, "longitude": 106.05}},
    "venue": {
        "venue": {"location": {"latitude": 20.65, "longitude": 106.05}, "title": "Tỉnh đoàn", "address": "Hưng Yên"},
        "location": {"latitude": 20.65, "longitude": 106.05},
    },
    "contact": {"contact": {"phone_number": "+84900000000", "first_name": "An"}},
    "poll": {
        "poll": {
            "id": "77", "question": "Có hay không?", "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
            "type": "regular", "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
            "options": [{"persistent_id": "1", "text": "Có", "voter_count": 0}],
        }
    },
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
    "story": {"story": {"chat": {"id": 5001, "type": "private", "first_name": "An"}, "id": 3}},
    "game": {"game": {"title": "Trò chơi", "description": "…", "photo": [_PICTURE]}},
}  # fmt: skip
"""What a message of each kind carries beside its head."""

SERVICE: dict[str, Json] = {
    "message_auto_delete_timer_changed": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
    "write_access_allowed": {"write_access_allowed": {"from_request": True}},
}
"""Messages that nobody wrote."""

_RIGHTS = (
    "can_be_edited", "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
    "can_delete_stories", "can_send_welcome_messages", "can_pin_messages", "can_manage_topics",
)  # fmt: skip
_PERMISSIONS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_react_to_messages", "can_edit_tag", "can_change_info", "can_invite_users",
    "can_pin_messages", "can_manage_topics",
)  # fmt: skip


def user(id_: int, name: str, *, is_bot: bool = False) -> Json:
    return {"id": id_, "is_bot": is_bot, "first_name": name, "language_code": "vi"}


def bot_user(id_: int, name: str, username: str) -> Json:
    """getMe's answer, with everything that only getMe tells."""
    return {
        "id": id_, "is_bot": True, "first_name": name, "username": username, "can_join_groups": True,
        "can_read_all_group_messages": False, "supports_inline_queries": False, "can_connect_to_business": False,
        "has_main_web_app": False, "has_topics_enabled": False, "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }  # fmt: skip


def member(who: Json, status: str) -> Json:
    """A ChatMember with every field that its kind requires. "restricted" is one who is still in the group."""
    if status == "creator":
        return {"status": status, "user": who, "is_anonymous": False}
    if status == "administrator":
        return {"status": status, "user": who, "is_anonymous": False} | dict.fromkeys(_RIGHTS, True)
    if status == "restricted":
        return {"status": status, "user": who, "is_member": True, "until_date": 0} | dict.fromkeys(_PERMISSIONS, False)
    if status == "kicked":
        return {"status": status, "user": who, "until_date": 0}
    return {"status": status, "user": who}


def full_chat(chat: Json) -> Json:
    """getChat's answer."""
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), True
    )
    return {**chat, "accent_color_id": 1, "max_reaction_count": 11, "accepted_gift_types": gifts}


def poison(chat: int) -> dict[str, Json]:
    """Updates that aiogram 3.31 cannot decode or does not know, all from one private chat; without update_id."""
    who = user(chat, "An")
    head = {
        "message_id": 9001,
        "date": 1_700_000_000,
        "chat": {"id": chat, "type": "private", "first_name": "An"},
        "from": who,
    }
    hidden = {"type": "hidden_user", "date": 1_700_000_000}
    return {
        "forward of a hidden user without a name": {"message": {**head, "text": "x", "forward_origin": hidden}},
        "external reply with an empty story": {
            "message": {
                **head,
                "text": "x",
                "external_reply": {
                    "origin": {"type": "hidden_user", "date": 1, "sender_user_name": "ai đó"},
                    "story": {},
                },
            }
        },
        "message without a date": {"message": {key: value for key, value in head.items() if key != "date"}},
        "message whose text is a number": {"message": {**head, "text": 12}},
        "entities that are no list": {"message": {**head, "text": "x", "entities": "nope"}},
        "sticker without its fields": {"message": {**head, "sticker": {}}},
        "button without chat_instance": {"callback_query": {"id": "1", "from": who, "data": "c:x", "message": head}},
        "a kind that is not known": {"telepathy": head},
        "a payload that is text": {"message": "xin chào"},
        "a payload that is a list": {"message": [1, 2]},
        "nothing at all": {},
        "a chat without an id": {"message": {**head, "chat": {"type": "private"}}},
    }
